"""Filters, sort criteria, groups and pages, for findings, resources and software alike."""
