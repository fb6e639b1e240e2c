"""What the tests need around asta: a PostgreSQL server, a mail server, a terminal, register files."""
