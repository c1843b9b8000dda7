"""The Inspect workspace: what the network learnt, and where it is wrong."""

from cnnstudio.ui.inspect.workspace import InspectWorkspace

__all__ = ["InspectWorkspace"]
