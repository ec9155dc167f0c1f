"""Central configuration: policies, their associations, and how they reach accounts and regions."""
