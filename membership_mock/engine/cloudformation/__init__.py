"""CloudFormation's resource types, as rows of a table over the operations of our services.

It knows schemas, properties and calls. It does not know stacks or moto, which are in
`engine.moto.cloudformation`, nor a service: each service has its rows in its own folder.
"""
