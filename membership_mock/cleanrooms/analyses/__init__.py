"""Analyses: templates, protected queries and jobs, and the delivery of their results.

This folder may import all other folders of Clean Rooms, and none of them imports it.
"""
