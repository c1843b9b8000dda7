"""The function that reads the data set, as source."""

from cnnstudio.codegen.docstring import docstring
from cnnstudio.codegen.expression import Construct, Symbol
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script import fragments
from cnnstudio.codegen.script.images import (
    augmentation,
    conversion,
    erasing,
    preparation,
    require_colours,
    write_compose,
)
from cnnstudio.codegen.script.sources import Source
from cnnstudio.core.document import Document
from cnnstudio.core.training import Augmentation, TrainingSettings

_TWICE = ["", "Training images come twice, the second time without augmentation."]
_SUMMARIES = {
    "torchvision": ["{title} for training and testing, downloaded unless it is there."],
    "folder": [
        "Images for training and testing, in a subfolder for each class.",
        "With folders train and val (or test) above, else a fifth is set aside for testing.",
    ],
    "shapes": ["Shapes for training and testing."],
}


def load_data(document: Document, data: Source) -> str:
    """``def load_data(folder)``: the training and the test images with their transforms.

    With :func:`needs_plain` the training images come a second time, as they are, in the middle.
    """
    require_colours(data, document.training, document.input)
    lines = Lines()
    twice = needs_plain(document.training)
    kinds = "Dataset, Dataset, Dataset" if twice else "Dataset, Dataset"
    lines.add(0, f"def load_data(folder: str) -> tuple[{kinds}]:")
    summary = [text.format(title=data.title) for text in _SUMMARIES[data.kind]]
    for line in docstring([*summary, *_TWICE] if twice else summary, 4):
        lines.add(4 if line else 0, line)
    prepare, convert = preparation(data, document.input), conversion(data, document.training, document.input)
    augment = augmentation(document.training, document.input)
    erase = erasing(document.training)
    if augment or erase:
        train, test = "train_transform", "test_transform"
        write_compose(lines, train, [*prepare, *augment, *convert, *erase])
        write_compose(lines, test, [*prepare, *convert])
    else:
        train = test = "transform"
        write_compose(lines, train, [*prepare, *convert])
    _LOADERS[data.kind](lines, document, data, (train, test))
    return lines.source()


def needs_plain(settings: TrainingSettings) -> bool:
    """Whether images that are kept aside must not be augmented as the others are."""
    return settings.validation.name == "split" and settings.augment != Augmentation()


def _torchvision(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    parts = [("train", True, transforms[0]), ("test", False, transforms[1])]
    if needs_plain(document.training):
        parts.insert(1, ("plain", True, transforms[1]))
    for name, is_train, transform in parts:
        options = (("train", is_train), ("transform", Symbol(transform)), ("download", True))
        lines.expression(
            4, Construct(f"datasets.{data.constructor}", (Symbol("folder"),), options), f"{name} = "
        )
    lines.add(4, f"return {', '.join(name for name, *_ in parts)}")


def _folder(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    train, test = transforms
    result = "    return Subset(train, order), Subset(test, test_order)\n"
    if needs_plain(document.training):
        result = (
            f"    plain = datasets.ImageFolder(train.root, {test})\n"
            "    return Subset(train, order), Subset(plain, order), Subset(test, test_order)\n"
        )
    lines.text(
        fragments.LOAD_FOLDER.substitute(train=train, test=test, classes=document.classes, result=result)
    )


def _shapes(lines: Lines, document: Document, data: Source, transforms: tuple[str, str]) -> None:
    train, test = transforms
    plain, result = "", "train, test"
    if needs_plain(document.training):
        plain = f"    plain = Shapes(2000, first_seed=10_000 * SEED, transform={test})\n"
        result = "train, plain, test"
    lines.text(fragments.LOAD_SHAPES.substitute(train=train, test=test, plain=plain, result=result))


_LOADERS = {"torchvision": _torchvision, "folder": _folder, "shapes": _shapes}
