"""The page that a window without a model shows: presets as cards, recent files, an empty network.

It imports nothing: what it declares is read without it.
"""
