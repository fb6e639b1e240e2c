"""One module per noun: parse, call, render; nothing else."""
