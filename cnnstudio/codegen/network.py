"""The network's own class, the last of the file."""

from collections.abc import Sequence

from cnnstudio.codegen.attributes import attributes
from cnnstudio.codegen.docstring import docstring
from cnnstudio.codegen.forward import Step, applied, commented_chain, segments, step, with_shape
from cnnstudio.codegen.layout import Lines, fits
from cnnstudio.codegen.library import Library
from cnnstudio.codegen.resolve import Head, Item, Leaf, Series, Unit
from cnnstudio.core.document import Document
from cnnstudio.core.infer import Inference
from cnnstudio.core.shape import Shape

# A longer chain of single layers is told as two sequences, as the authors of AlexNet and VGG did.
_LONGEST_CHAIN = 30
_BODY = 8


class Root:
    """The network's children: their attributes, and the items below."""

    def __init__(self, items: Sequence[Item], library: Library) -> None:
        self.library = library
        self.children = _folded(items)
        wishes = [library.wish(item) for _, item in self.children]
        names = attributes(wishes)
        self.attributes = [fixed or name for (fixed, _), name in zip(self.children, names, strict=True)]

    def pairs(self) -> list[tuple[str, Item]]:
        """Attribute and item of each child."""
        return [(name, item) for name, (_, item) in zip(self.attributes, self.children, strict=True)]


def _folded(items: Sequence[Item]) -> list[tuple[str, Item]]:
    """The items, or two sequences of them, each with its fixed name or an empty one."""
    if len(items) <= _LONGEST_CHAIN or any(isinstance(item, Head) for item in items):
        return [("", item) for item in items]
    cut = next((i for i, item in enumerate(items) if _is_flat(item)), len(items))
    parts = [("features", items[:cut]), ("classifier", items[cut:])]
    return [(name, Series(None, tuple((item, 1) for item in part))) for name, part in parts if part]


def _is_flat(item: Item) -> bool:
    """Whether a vector leaves."""
    shape = leaving(item)
    return shape is not None and len(shape) == 1


def leaving(item: Item) -> Shape | None:
    """The shape that leaves an item; None for an auxiliary head, which lets its input pass."""
    if isinstance(item, Leaf):
        return item.report.output
    if isinstance(item, Unit):
        return item.output
    if isinstance(item, Series) and item.parts:
        return leaving(item.parts[-1][0])
    return None


def write_network(lines: Lines, document: Document, name: str, root: Root, inference: Inference) -> None:
    """The class with its docstring, ``__init__`` and ``forward``."""
    lines.add(0, f"class {name}(nn.Module):")
    for line in docstring([_summary(inference)], 4):
        lines.add(4 if line else 0, line)
    lines.blank()
    lines.add(4, "def __init__(self) -> None:")
    lines.add(_BODY, "super().__init__()")
    pairs = root.pairs()
    for attribute, item in pairs:
        lines.expression(_BODY, root.library.express(item), f"self.{attribute} = ")
    lines.blank()
    heads = [attribute for attribute, item in pairs if isinstance(item, Head)]
    result = "Tensor | tuple[Tensor, ...]" if heads else "Tensor"
    lines.add(4, f"def forward(self, x: Tensor) -> {result}:")
    _forward(lines, pairs, document.input.shape, heads)


def _summary(inference: Inference) -> str:
    entering, leaving = (
        ", ".join(map(str, ("N", *shape)))
        for shape in (inference.document.input.shape, inference.body.output or ())
    )
    what = "logits" if inference.trainable else "features"
    return f"Images ({entering}) in, {what} ({leaving}) out; {inference.params:,} parameters."


def _forward(lines: Lines, pairs: Sequence[tuple[str, Item]], shape: Shape, heads: Sequence[str]) -> None:
    before: Shape | None = shape
    steps: list[Step] = []
    for attribute, item in pairs:
        if isinstance(item, Head):
            before = commented_chain(lines, steps, before)
            steps = []
            lines.add(_BODY, "if self.training:")
            lines.add(_BODY + 4, f"{attribute} = self.{attribute}(x)")
        else:
            steps.append(step(attribute, item, leaving(item)))
    if heads:
        commented_chain(lines, steps, before)
        lines.add(_BODY, "if self.training:")
        returned = f"return x, {', '.join(heads)}"
        if fits(_BODY + 4, returned):
            lines.add(_BODY + 4, returned)
        else:
            lines.listed(_BODY + 4, "return (", ["x", *heads], ")")
        lines.add(_BODY, "return x")
        return
    parts = segments(steps)
    before = commented_chain(lines, [each for part in parts[:-1] for each in part], before)
    last = f"return {applied(parts[-1], 'x')}" if parts else "return x"
    lines.add(_BODY, with_shape(last, parts[-1][-1].shape if parts else None))
