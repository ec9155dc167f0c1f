"""Attachments of cases, and the S3 bucket behind their presigned URLs.

The families here follow cases with the hooks of `CaseFamily`, and do not know investigations.
"""
