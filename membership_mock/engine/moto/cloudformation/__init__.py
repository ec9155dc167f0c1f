"""moto's CloudFormation, which makes resources of our services with our own operations.

moto holds the stacks; a stack with a resource of ours is created, updated and deleted here, since
moto neither rolls back nor replaces. All that knows moto's stacks is in this package.
"""
