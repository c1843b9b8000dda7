"""The Train workspace: is it learning?"""

from cnnstudio.ui.train.workspace import TrainWorkspace

__all__ = ["TrainWorkspace"]
