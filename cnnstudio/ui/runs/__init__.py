"""The Runs workspace: which experiment was best, and what was changed?

It imports nothing, so that its modules can be loaded one by one while nobody waits.
"""
