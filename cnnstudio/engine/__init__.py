"""Everything that needs torch: building, training, evaluating, and the engine process (``server``).

The window's process never imports this package; it starts ``python -m cnnstudio.engine.server``.
"""
