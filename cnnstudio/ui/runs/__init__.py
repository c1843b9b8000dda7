"""The Runs workspace: which experiment was best, and what was changed?"""

from cnnstudio.ui.runs.workspace import RunsWorkspace

__all__ = ["RunsWorkspace"]
