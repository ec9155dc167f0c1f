"""The arrival of findings: their resources are stored, and automation rules act."""
