"""Attachments of cases, and the S3 bucket behind their presigned URLs.

The families here follow cases by the hooks of `CaseFamily`. Investigations are not known here.
"""
