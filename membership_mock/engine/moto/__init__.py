"""Everything that knows the internals of moto: registries, start-up, organizations, IAM, S3, Glue, tags.

Other rooms reach moto through this one only.
"""
