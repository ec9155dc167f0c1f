"""What a test has set up for calls that are still to come: faults, canned answers, hooks.

Here is what they have in common: which calls a plan is for and how often, and the list of all plans
of a running mock, which reports those that were never used.
"""
