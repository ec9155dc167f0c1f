"""CloudFormation's resource types of Clean Rooms, as a table over its operations.

A row names the operations of a type. The behaviour of the service is not here.
"""
