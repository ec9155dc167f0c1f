"""The resource types of CloudFormation that Security Hub has, as a table over its operations.

A row names the operations of a type. The behaviour of the service is not here.
"""
