"""One file that trains a document's network by itself, with torch and torchvision only."""

from cnnstudio.codegen.script.assemble import script

__all__ = ["script"]
