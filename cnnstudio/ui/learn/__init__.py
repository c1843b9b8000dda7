"""The Learn workspace: the arithmetic of every block, step by step, with the network's own numbers."""
