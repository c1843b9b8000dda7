"""What code generation refuses."""


class CannotGenerate(ValueError):
    """Why there is no code for a document, in one sentence."""
