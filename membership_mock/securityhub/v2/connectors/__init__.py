"""Connectors to ticketing systems and other clouds, and tickets."""
