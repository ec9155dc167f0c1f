"""The operations on memberships, with their default destinations of results.

Tables and analyses are in memberships and import this folder. They follow a membership with the
hooks of `CleanRoomsFamily`, so no file here imports them.
"""
