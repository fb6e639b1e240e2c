"""The rules: pure functions of rows and facts. Standard library only, no I/O, no clock, no SQL."""
