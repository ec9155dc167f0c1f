"""moto's internals: its registries, start-up, Organizations, IAM, S3, Glue and tags.

The other packages of the engine use moto through this one.
"""
