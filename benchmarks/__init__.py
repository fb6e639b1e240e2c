"""Benchmarks: asta beside bare Python and beside what one would write with other tools. ``make bench`` runs them."""
