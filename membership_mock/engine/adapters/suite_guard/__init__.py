"""Refuse requests to AWS while no mock is running: the guard of a whole run of tests.

It is active from the start of the run to its end. While a mock of this package is running, the
guard passes everything, because the mock decides. Requests of botocore are refused where they
would leave for the network. So requests that moto, a `Stubber` or an event handler of the test
answers are not affected. Other HTTP clients are refused when they look up a host of AWS.

Only `botocore_part` and `aiobotocore_part` import these libraries, and each is imported only after
its library. No file here imports moto at its top.
"""
