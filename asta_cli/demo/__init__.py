"""A throw-away chamber, made up by the program and walked through with the real commands."""
