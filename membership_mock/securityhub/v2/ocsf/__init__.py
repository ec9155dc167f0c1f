"""Findings and resources as documents, from the format of the older service to OCSF."""
