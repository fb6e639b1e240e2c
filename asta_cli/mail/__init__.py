"""Messages to people: composed from an outbox entry, delivered to SMTP or to a directory of .eml files."""
