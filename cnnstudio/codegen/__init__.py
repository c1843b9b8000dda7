"""Document -> Python source. The exported source is the model: it is what the engine trains.

Pure and quick enough to run on every edit; nothing here imports torch.
"""

from cnnstudio.codegen.constructor import constructor_text
from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.generate import Generated, generate
from cnnstudio.codegen.script import script

__all__ = ["CannotGenerate", "Generated", "constructor_text", "generate", "script"]
