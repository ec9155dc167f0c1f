"""Attachments of cases, and the storage behind their presigned URLs."""
