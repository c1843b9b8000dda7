"""The Inspect workspace: what the network learnt, and where it is wrong.

It imports nothing, so that its modules can be loaded one by one while nobody waits.
"""
