"""Activation letters: issuing codes together with the file that carries them to the printer."""
