"""Requests and answers of any service of AWS, in each protocol that botocore speaks.

Our own services do not need it: they speak one protocol, which the files beside this package parse,
validate and serialize.
"""
