"""A network and a data set that are small enough to train within a second."""

from typing import Any

import cnnstudio.blocks  # noqa: F401
from cnnstudio.core.document import Document, InputSize, Node
from cnnstudio.core.edits import node, renumbered
from cnnstudio.core.messages import Message
from cnnstudio.core.registry import block_type
from cnnstudio.core.training import TrainingSettings

CLASSES = 3
LIMIT = 256


def layer(kind: str, /, *stacks: tuple[Node, ...], **values: Any) -> Node:
    """A block outside any document, with what it holds."""
    return node(block_type(kind).model_validate(values), stacks or None)


def document(*blocks: Node, size: int = 16, channels: int = 1, **settings: Any) -> Document:
    """A network for three kinds of shapes; without blocks, one convolution, dropout and a classifier."""
    body = blocks or (
        layer("Conv2d", out_channels=8, kernel_size=5),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=2),
        layer("Flatten"),
        layer("Dropout", p=0.2),
        layer("Linear", out_features=CLASSES),
    )
    values = {"dataset": "shapes", "epochs": 2, "batch_size": 32, "seed": 7, **settings}
    if "optimizer" not in values:
        values["optimizer"] = {"name": "SGD", "lr": 0.05, "momentum": 0.9}
    stack, serial = renumbered(body, 1)
    return Document(
        InputSize(size, size, channels),
        CLASSES,
        stack,
        name="Tiny",
        training=TrainingSettings.model_validate(values),
        serial=serial,
    )


class Heard(list[Message]):
    """The messages of a run; call it to add one."""

    def __call__(self, message: Message) -> None:
        self.append(message)

    def of(self, kind: type[Any]) -> list[Any]:
        """Those of one kind, in order."""
        return [message for message in self if isinstance(message, kind)]
