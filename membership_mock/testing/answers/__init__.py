"""Canned answers: answers of the test, in place of the mock's or where no mock has one."""
