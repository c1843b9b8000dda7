"""Document -> Python source. The exported source is the model: it is what the engine trains.

Pure and quick enough to run on every edit; nothing here imports torch.
"""

from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.generate import Generated, generate

__all__ = ["CannotGenerate", "Generated", "generate"]
