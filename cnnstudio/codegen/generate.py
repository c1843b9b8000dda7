"""Document in, readable PyTorch source out, with a map from blocks to modules and lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cnnstudio.codegen.docstring import docstring, prose, sentence
from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.library import Library
from cnnstudio.codegen.names import class_name, class_names
from cnnstudio.codegen.network import Root, write_network
from cnnstudio.codegen.paths import Paths
from cnnstudio.codegen.resolve import Resolver
from cnnstudio.codegen.write_class import write_class
from cnnstudio.core.document import Document, locations
from cnnstudio.core.infer import Inference, infer


@dataclass(frozen=True)
class Generated:
    """Source whose last class is the network.

    ``paths`` are the modules of each node, one for each repetition (``layer1.0.conv1``), as
    ``get_submodule`` takes them; ``lines`` the source lines (first, last; from 1) that define it.
    """

    source: str
    class_name: str
    lines: Mapping[str, tuple[int, int]]
    _root: Root = field(repr=False, compare=False)

    @cached_property
    def paths(self) -> Mapping[str, tuple[str, ...]]:
        """The modules of each node."""
        return Paths(self._root).found()


def generate(document: Document) -> Generated:
    """The document's network as source; raises :class:`CannotGenerate` where shapes do not fit."""
    inference = infer(document)
    if inference.body.faults:
        raise refusal(inference)
    return write(document, inference)


def write(document: Document, inference: Inference) -> Generated:
    """The source of a document without shape errors."""
    body, name, root = classes(document, inference)
    lines = Lines()
    for line in docstring(about(document), 0):
        lines.add(0, line)
    lines.blank()
    if any("torch." in line for line in body.lines):
        lines.add(0, "import torch")
    lines.add(0, "from torch import Tensor, nn")
    lines.blank(2)
    offset = len(lines.lines)
    marks = {node: (first + offset, last + offset) for node, (first, last) in body.marks.items()}
    return Generated(lines.source(body), name, marks, root)


def classes(document: Document, inference: Inference) -> tuple[Lines, str, Root]:
    """The classes of a document without shape errors: their lines, the network's name and children."""
    names = class_names()
    name = names.unique(class_name(document.name))
    items = Resolver().network(inference.body)
    library = Library(items, names)
    root = Root(items, library)
    lines = Lines()
    for block in library.classes:
        write_class(lines, block)
        lines.blank(2)
    write_network(lines, document, name, root, inference)
    return lines, name, root


def about(document: Document) -> list[str]:
    """The paragraphs of the file's docstring: what it is, and where it comes from."""
    name = sentence(document.name) or "A network without a name."
    source = prose(document.source)
    return [f"{name} {sentence(document.summary)}", f"Source: {source}" if source else ""]


def refusal(inference: Inference) -> CannotGenerate:
    """Why there is no code, from the first problem that is no mere warning."""
    problem = next(problem for problem in inference.problems if not problem.warning)
    place = locations(inference.document)[problem.node] if problem.node else "The network"
    return CannotGenerate(f"There is no code for a network with an error: {place} {problem.fault}.")
