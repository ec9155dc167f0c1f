"""CloudFormation's resource types of Clean Rooms, as a table over its operations.

No behaviour of the service lives here: a row says which operations make up a type.
"""
