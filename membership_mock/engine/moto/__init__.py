"""The internals of moto: registries, start-up, organizations, IAM, S3, Glue and tags.

Other rooms reach moto only through this one.
"""
