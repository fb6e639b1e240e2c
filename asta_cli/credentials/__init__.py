"""Passwords at rest, and the kept list of common ones. Each library is imported in the function that needs it."""
