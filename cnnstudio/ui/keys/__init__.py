"""Every shortcut and every gesture, in a window of their own (F1)."""
