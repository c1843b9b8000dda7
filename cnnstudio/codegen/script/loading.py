"""The function that reads the data set, as source."""

from cnnstudio.codegen.docstring import docstring
from cnnstudio.codegen.expression import Construct, Symbol
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script import fragments
from cnnstudio.codegen.script.images import augmentation, conversion, preparation, write_compose
from cnnstudio.codegen.script.sources import Source
from cnnstudio.core.document import Document

_SUMMARIES = {
    "torchvision": ["{title} for training and testing, downloaded unless it is there."],
    "folder": [
        "Images for training and testing, in a subfolder for each class.",
        "With folders train and val (or test) above, else a fifth is set aside for testing.",
    ],
    "shapes": ["Shapes for training and testing."],
}


def load_data(document: Document, data: Source) -> str:
    """``def load_data(folder)``: the training and the test images with their transforms."""
    lines = Lines()
    lines.add(0, "def load_data(folder: str) -> tuple[Dataset, Dataset]:")
    for line in docstring([text.format(title=data.title) for text in _SUMMARIES[data.kind]], 4):
        lines.add(4 if line else 0, line)
    prepare, convert = preparation(data, document.input), conversion(data, document.training, document.input)
    augment = augmentation(document.training, document.input)
    if augment:
        train, test = "train_transform", "test_transform"
        write_compose(lines, train, [*prepare, *augment, *convert])
        write_compose(lines, test, [*prepare, *convert])
    else:
        train = test = "transform"
        write_compose(lines, train, [*prepare, *convert])
    _LOADERS[data.kind](lines, document, data, (train, test))
    return lines.source()


def _torchvision(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    for name, is_train, transform in (("train", True, transforms[0]), ("test", False, transforms[1])):
        options = (("train", is_train), ("transform", Symbol(transform)), ("download", True))
        lines.expression(
            4, Construct(f"datasets.{data.constructor}", (Symbol("folder"),), options), f"{name} = "
        )
    lines.add(4, "return train, test")


def _folder(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    train, test = transforms
    lines.text(fragments.LOAD_FOLDER.substitute(train=train, test=test, classes=document.classes))


def _shapes(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    train, test = transforms
    lines.text(fragments.LOAD_SHAPES.substitute(train=train, test=test))


_LOADERS = {"torchvision": _torchvision, "folder": _folder, "shapes": _shapes}
