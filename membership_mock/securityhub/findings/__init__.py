"""Findings: their format, storage, filters, order, import and updates."""
