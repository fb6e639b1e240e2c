"""Proof of reliability: asta is killed, starved and cut off at every point, and what it left is looked at.

``python -m proof`` (``make proof``) runs the harnesses; docs/reliability.md has what they are and what they found.
"""
