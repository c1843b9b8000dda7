"""The code of one block, for an inspector."""

from cnnstudio.codegen.expression import constructed, text
from cnnstudio.core.block import Layer
from cnnstudio.core.infer import Report


def constructor_text(report: Report, name: str) -> str:
    """``self.conv1 = nn.Conv2d(3, 16, 3, padding=1)`` for a layer and its module path.

    Only the last part of the path counts, and a place in a sequence (``features.0``) has no name. Empty for
    composites and for layers whose input does not fit.
    """
    if not isinstance(report.block, Layer) or report.input is None or report.fault is not None:
        return ""
    construct = text(constructed(report.block.constructor(report.input)))
    attribute = name.rpartition(".")[2]
    return construct if not attribute or attribute.isdigit() else f"self.{attribute} = {construct}"
