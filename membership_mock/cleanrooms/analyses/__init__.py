"""Analyses: templates, protected queries and jobs, and the delivery of results."""
