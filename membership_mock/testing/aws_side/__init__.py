"""AWS's side of the story: what AWS does by itself, said by the author of a test."""
