"""CloudFormation's resource types, as rows of a table over the operations of our services.

It knows schemas, properties and calls, and neither stacks nor moto: `engine.moto.cloudformation`
has the stacks. It knows no service either: each service has its rows in its own folder.
"""
