"""The Build workspace: palette, canvas, inspector, problems, code."""

from cnnstudio.ui.build.workspace import BuildWorkspace

__all__ = ["BuildWorkspace"]
