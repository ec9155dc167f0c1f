"""The checks of controls: the evaluation of a control by AWS, and its findings.

The controls, and where they are enabled, are in ``controls``. No check runs by itself: a test sets
its result.
"""
