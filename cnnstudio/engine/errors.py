"""What can go wrong in the engine, each told in one sentence for people."""


class EngineError(Exception):
    """The message is one sentence: what happened, where, what to do."""


class LastingError(EngineError):
    """What is wrong lies in the network or the run: asked once more, the answer would be the same."""
