"""The methods of a running mock, grouped by what they are for.

Each file holds one group; `membership_mock.toolbox` puts the groups together into one class. What
such a method does belongs into the folder or file of its tool, not here.
"""
