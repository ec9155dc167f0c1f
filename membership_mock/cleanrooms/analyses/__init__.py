"""Analyses: templates, protected queries and jobs, and the delivery of their results.

This is the top of Clean Rooms: the folder may import all others, and none of them imports it.
"""
