"""Central configuration: policies, their associations, and their rollout to accounts and regions.

What was applied is stored in ``relationships/central_configuration.py``. Organization settings and
finding aggregators import the rollout; no file here imports them.
"""
