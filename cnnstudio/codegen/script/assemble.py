"""Putting a script together: model, data, training, in this order."""

from collections.abc import Iterator

from cnnstudio.blocks.aux_classifier import AuxClassifier
from cnnstudio.blocks.batch_norm2d import BatchNorm2d
from cnnstudio.codegen.docstring import docstring
from cnnstudio.codegen.expression import Construct, Symbol, text
from cnnstudio.codegen.generate import about, classes, refusal
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script import fragments
from cnnstudio.codegen.script.epoch import train_epoch, write_epochs
from cnnstudio.codegen.script.images import UNCHANGED, fills, statistics, write_statistics
from cnnstudio.codegen.script.loading import load_data, needs_plain
from cnnstudio.codegen.script.schedules import Schedules
from cnnstudio.codegen.script.sources import MOST_SHAPES, Source, source
from cnnstudio.codegen.script.training import initialisation, optimizer, write_batches
from cnnstudio.core.document import Document, walk
from cnnstudio.core.edits import set_classes
from cnnstudio.core.infer import infer

_FOLDER_HELP = {
    "torchvision": "folder of the data set, filled if empty",
    "folder": "folder with a subfolder of images for each class",
    "shapes": "not needed: the images are drawn",
}


def script(document: Document) -> str:
    """A file that trains the document's network on its data set with its settings.

    Raises :class:`CannotGenerate` where the network cannot train or the data set is unknown.
    """
    data = source(document.training.dataset)
    document = _with_classes(document, data)
    inference = infer(document)
    if not inference.trainable:
        raise refusal(inference)
    body, name, _ = classes(document, inference)
    parts = [
        _header(document, data),
        _constants(document, data),
        fragments.SHAPES if data.kind == "shapes" else "",
        body.source(),
        fragments.FILL if fills(data, document.input) else "",
        fragments.CUTOUT if document.training.augment.cutout else "",
        load_data(document, data),
        initialisation(document.training.init),
        fragments.BEST_DEVICE,
        train_epoch(document.training, Schedules.of(document.training), bool(_heads(document))),
        fragments.EVALUATE,
        _main(document, data, name),
    ]
    header, *rest = [part.rstrip("\n") for part in parts if part]
    return "\n\n\n".join([f"{header}\n\n{rest[0]}", *rest[1:]]) + "\n"


def _with_classes(document: Document, data: Source) -> Document:
    """The document with the data set's number of classes, as the app trains it."""
    number = min(document.classes, MOST_SHAPES) if data.kind == "shapes" else data.classes
    return document if number in (None, document.classes) else set_classes(document, number or 1)


def _heads(document: Document) -> list[float]:
    """The loss weights of the auxiliary classifiers."""
    nodes = (node for node in document.body if not node.disabled)
    return [node.block.weight for node in nodes if isinstance(node.block, AuxClassifier)]


def _header(document: Document, data: Source) -> str:
    lines = Lines()
    usage = f"Trains on {data.title} when run; --help tells the options."
    for line in docstring([*about(document), usage], 0):
        lines.add(0, line)
    lines.blank()
    for line in _imports(data, document):
        lines.add(0, line)
    return lines.source()


def _imports(data: Source, document: Document) -> Iterator[str]:
    settings = document.training
    yield "import argparse"
    if settings.early_stopping.patience and settings.early_stopping.restore_best:
        yield "import copy"
    if data.kind == "shapes":
        yield "from collections.abc import Callable"
    if data.kind == "folder":
        yield "from pathlib import Path"
    yield ""
    yield "import torch"
    if fills(data, document.input):
        yield "from PIL import Image, ImageOps"
    yield "from torch import Tensor, nn"
    split = ", random_split" if settings.validation.name == "split" else ""
    yield f"from torch.utils.data import DataLoader, Dataset, Subset{split}"
    yield f"from torchvision import {'transforms' if data.kind == 'shapes' else 'datasets, transforms'}"


def _constants(document: Document, data: Source) -> str:
    settings = document.training
    lines = Lines()
    lines.add(0, f"EPOCHS = {settings.epochs}")
    lines.add(0, f"BATCH_SIZE = {settings.batch_size}")
    lines.add(0, f"SEED = {settings.seed}")
    if settings.schedule.warmup:
        lines.add(0, f"WARMUP_EPOCHS = {settings.schedule.warmup}")
    if settings.validation.name == "split":
        lines.add(0, f"VALIDATION_SHARE = {text(settings.validation.fraction)}")
    if settings.early_stopping.patience:
        lines.add(0, f"PATIENCE = {settings.early_stopping.patience}")
    mean, std = statistics(data, settings, document.input)
    if (mean, std) != UNCHANGED:
        lines.add(0, "# Of the pixels, from 0 to 1, in each channel.")
        write_statistics(lines, "MEAN", mean)
        write_statistics(lines, "STD", std)
    if data.kind == "shapes":
        size = document.input
        lines.add(0, f"CLASSES = {document.classes}")
        lines.add(0, f"CHANNELS, HEIGHT, WIDTH = {size.channels}, {size.height}, {size.width}")
    if settings.test_limit is not None:
        lines.add(0, f"TEST_LIMIT = {settings.test_limit}")
    if heads := _heads(document):
        lines.add(0, "# How much the auxiliary losses count beside the main loss.")
        write_statistics(lines, "SIDE_WEIGHTS", heads)
    return lines.source()


def _main(document: Document, data: Source, name: str) -> str:
    settings = document.training
    lines = Lines()
    lines.add(0, "def main() -> None:")
    parser = Construct("argparse.ArgumentParser", (), (("description", f"Train on {data.title}."),))
    folder = (("default", "data"), ("help", _FOLDER_HELP[data.kind]))
    lines.expression(4, parser, "parser = ")
    lines.expression(4, Construct("parser.add_argument", ("--data",), folder))
    lines.text(fragments.ARGUMENTS)
    lines.blank()
    lines.add(4, "torch.manual_seed(SEED)")
    lines.add(4, "device = best_device()")
    parts = "train_data, plain_data, test_data" if needs_plain(settings) else "train_data, test_data"
    lines.add(4, f"{parts} = load_data(args.data)")
    lines.add(4, "if args.limit is not None:")
    lines.add(8, "train_data = Subset(train_data, range(min(args.limit, len(train_data))))")
    if settings.validation.name == "split":
        lines.text(fragments.SPLIT)
    if needs_plain(settings):
        lines.add(4, "# The same images without augmentation.")
        lines.add(4, "val_data = Subset(plain_data, val_data.indices)")
    if settings.test_limit is not None:
        lines.add(4, "test_data = Subset(test_data, range(min(TEST_LIMIT, len(test_data))))")
    write_batches(lines, settings, any(isinstance(node.block, BatchNorm2d) for node in walk(document.body)))
    lines.blank()
    initialised = settings.init.name != "default"
    lines.add(4, f"model = {name}()" if initialised else f"model = {name}().to(device)")
    if initialised:
        lines.add(4, "model.apply(initialise)")
        lines.add(4, "model.to(device)")
    if settings.compile:
        lines.add(4, "model.compile()")
    lines.expression(4, optimizer(settings.optimizer), "optimizer = ")
    schedules = Schedules.of(settings)
    schedules.write(lines)
    if settings.precision == "mixed":
        enabled = (("enabled", Symbol('device.type == "cuda"')),)
        scaler = Construct("torch.amp.GradScaler", (Symbol("device.type"),), enabled)
        lines.expression(4, scaler, "scaler = ")
    write_epochs(lines, settings, schedules)
    return lines.source()
