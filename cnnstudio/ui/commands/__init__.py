"""Everything the window can do, found by typing."""
