"""Benchmarks: one module each, started by itself (`python -m benchmarks.startup`) or all of them (`make bench`)."""
