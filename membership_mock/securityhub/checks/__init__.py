"""The checks of controls: what AWS finds when it evaluates a control, and the findings about it.

What controls there are, and where they are enabled, is in ``controls``. No check runs by itself:
the author of a test says what one finds.
"""
