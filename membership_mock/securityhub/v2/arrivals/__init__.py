"""What happens when a finding arrives: resources are noted, and automation rules act."""
