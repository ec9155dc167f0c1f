"""Canned answers: what a test lets calls answer, in place of a mock or where there is none."""
