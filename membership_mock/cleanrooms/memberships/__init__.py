"""The operations on memberships: what an account joins with, and where its results go.

Tables and analyses are in memberships and import this folder. They follow a membership by the hooks
of `CleanRoomsFamily`, so no file here imports them.
"""
