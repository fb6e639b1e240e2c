"""Readers and writers of the files people exchange; every row knows the file and line it came from."""
