"""asta: command-line administration for the ASTA-Infocenter of the German chambers of industry and commerce."""

__version__ = "0.1.0"
