"""Security controls: the catalogue, where they are enabled, and their parameters.

Their checks are in ``checks``, and the standards in ``standards``.
"""
