"""Collaborations: members, their abilities and payment, change requests.

`collaboration_store.py` has the data of collaborations, members and their memberships, which refer
to each other. `clean_rooms_family.py` has the hooks with which all families follow the end of a
membership. So this folder imports no other folder.
"""
