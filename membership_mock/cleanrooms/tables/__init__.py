"""Configured tables, their analysis rules, their associations, and the schemas others see."""
