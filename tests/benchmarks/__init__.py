"""What the benchmark measures, a module per subject, each with its `ROWS`.

`tests/benchmark.py` finds every module here that has rows; it is the command. The modules without
rows are what the others measure with.
"""
