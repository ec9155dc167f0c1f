"""Relationships of accounts: administrator and member, organization, home region, central policy.

Here are the stores of these relationships, and the families without operations by which all other
folders read and change them. They are together, below hubs, since each operation on a hub has to
ask all of them. Operations do not belong here, and nothing here imports another folder.
"""
