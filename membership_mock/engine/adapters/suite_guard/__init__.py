"""Refuse requests to AWS while no mock is running: the guard of a whole run of tests.

It is there from the start of the run to its end, and lets everything pass while a mock of this
package is running, which then decides by itself. Requests that botocore sends are refused where
they would leave for the network, so what is answered before, by moto, by a `Stubber` or by an event
handler of the test, is not touched. Other HTTP clients are refused when they look up a host of AWS.

Only `botocore_part` and `aiobotocore_part` import these libraries, and they are imported with them;
nothing here imports moto.
"""
