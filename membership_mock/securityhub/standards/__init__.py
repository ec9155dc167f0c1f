"""Standards: which there are, and who is subscribed to them."""
