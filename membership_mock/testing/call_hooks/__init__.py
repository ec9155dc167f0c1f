"""Actions of a test before and after calls: the world changes while the code under test works.

`call_hooks` runs them and `call_hook` is one of them. What happens to a call itself is a fault or
an answer, and belongs there.
"""
