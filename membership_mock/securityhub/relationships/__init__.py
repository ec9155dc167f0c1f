"""How accounts stand to each other: members and administrators, organizations, home regions.

Here are the stores of these relationships and the questions that every other folder asks about
them. Operations do not belong here, nor anything that knows hubs, standards or findings.
"""
