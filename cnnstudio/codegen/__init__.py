"""Document -> Python source. The exported source is the model: it is what the engine trains.

``resolve`` turns inference into the tree of modules to build, ``clusters`` finds those of one structure,
``template`` and ``parameters`` make one class with arguments of them, ``library`` says how every module is
constructed, ``write_class``, ``network`` and ``layout`` put it into lines as ``ruff format`` would, ``paths``
says where each block's modules are, and ``script`` adds data and training.

Pure and quick enough to run on every edit; nothing here imports torch.
"""

from cnnstudio.codegen.constructor import constructor_text
from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.generate import Generated, generate
from cnnstudio.codegen.script import script

__all__ = ["CannotGenerate", "Generated", "constructor_text", "generate", "script"]
