"""Qt without widgets: the document store with undo, actions, and the session with the engine."""
