"""Configured tables, their analysis rules, their associations, and the schemas that members see.

Analyses use tables and import this folder; no file here imports analyses.
"""
