"""Security controls: what there are, where they are enabled, and their parameters.

What their checks find is in ``checks``; the standards that have them are in ``standards``.
"""
