"""Work that outlives the command that asked for it."""
