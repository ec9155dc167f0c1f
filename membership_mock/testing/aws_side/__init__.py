"""What AWS does by itself, as the author of a test says it: queries end, responders answer.

Each file covers one subject; `aws_side` puts them together. The rules stay in the services: a file
here checks its arguments and calls the service.
"""
