"""Analysis log exports: the Spark event logs of protected queries, delivered to a bucket."""
