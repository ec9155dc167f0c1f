"""Organizations that a test builds from names, and changes: accounts join, move and leave.

moto holds the state; the files here find things by name, check what is asked for, and call
`engine.moto`. Nothing here keeps a copy of an organization.
"""
