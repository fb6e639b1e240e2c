"""From files or arguments to the road: opening, sieving, running, and giving back what was rejected."""
