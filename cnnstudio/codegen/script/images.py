"""From a data set's images to the network's input: the transforms of torchvision, as source lines."""

from collections.abc import Sequence

from cnnstudio.codegen.errors import CannotGenerate
from cnnstudio.codegen.expression import Construct, Expression, Symbol, text
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script.sources import Source
from cnnstudio.core.document import InputSize
from cnnstudio.core.training import TrainingSettings

_RGB = 3
_COLOURS = ("brightness", "contrast", "saturation")
UNCHANGED = ((0.0,), (1.0,))
"""The mean and the standard deviation that leave pixels as they are."""


def of(name: str, *args: Expression) -> Construct:
    """``transforms.CenterCrop(224)`` and so on."""
    return Construct(f"transforms.{name}", args)


def size(input: InputSize) -> Expression:
    """Height and width as torchvision takes them."""
    return input.height if input.height == input.width else (input.height, input.width)


def preparation(data: Source, input: InputSize) -> list[Construct]:
    """What gives every image the network's size and channels."""
    steps = []
    if fills(data, input):
        steps = [Construct("Fill", (input.height, input.width))]
    elif data.kind == "folder":
        steps = [of("Resize", input.height), of("CenterCrop", input.height)]
    elif data.size is not None and data.size != (input.height, input.width):
        steps = [of("Resize", (input.height, input.width))]
    if data.kind != "shapes" and input.channels != data.channels and input.channels in (1, _RGB):
        steps.append(of("Grayscale", input.channels))
    return steps


def fills(data: Source, input: InputSize) -> bool:
    """Whether images of any size fill one that is not square, for which torchvision has no transform."""
    return data.kind == "folder" and input.height != input.width


def augmentation(settings: TrainingSettings, input: InputSize) -> list[Construct]:
    """What changes training images at random."""
    augment, steps = settings.augment, []
    if augment.crop_padding:
        crop = of("RandomCrop", size(input))
        steps.append(Construct(crop.target, crop.args, (("padding", augment.crop_padding),)))
    if augment.flip:
        steps.append(of("RandomHorizontalFlip"))
    if augment.rotation:
        steps.append(of("RandomRotation", augment.rotation))
    strengths = (getattr(augment, name) for name in _COLOURS)
    colours = tuple((name, strength) for name, strength in zip(_COLOURS, strengths) if strength)
    if colours:
        steps.append(Construct("transforms.ColorJitter", (), colours))
    return steps


def erasing(settings: TrainingSettings) -> list[Construct]:
    """What blanks parts of normalised training images."""
    augment, steps = settings.augment, []
    if augment.erasing:
        steps.append(Construct("transforms.RandomErasing", (), (("p", augment.erasing),)))
    if augment.cutout:
        steps.append(Construct("Cutout", (augment.cutout,)))
    return steps


def require_colours(data: Source, settings: TrainingSettings, input: InputSize) -> None:
    """Raises :class:`CannotGenerate` where torchvision cannot change the colours of what is drawn."""
    strengths = [getattr(settings.augment, name) for name in _COLOURS]
    if any(strengths) and data.kind == "shapes" and input.channels not in (1, _RGB):
        raise CannotGenerate(
            f"torchvision changes the colours of images with 1 or 3 channels only, and these have"
            f" {input.channels}: take brightness, contrast and saturation out of the augmentation."
        )


def conversion(data: Source, settings: TrainingSettings, input: InputSize) -> list[Construct]:
    """From an image to a normalised tensor."""
    steps = [] if data.kind == "shapes" else [of("ToTensor")]
    if statistics(data, settings, input) != UNCHANGED:
        steps.append(of("Normalize", Symbol("MEAN"), Symbol("STD")))
    if _takes_turns(data, input):
        channels = f"torch.arange({input.channels}) % {data.channels}"
        turns = of("Lambda", Symbol(f"lambda image: image[{channels}]"))
        # Normalised first where that takes fewer numbers.
        steps.insert(len(steps) if _follows_data(data, settings) else 1, turns)
    return steps


def statistics(
    data: Source, settings: TrainingSettings, input: InputSize
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation for each channel that is normalised; one number where they are equal."""
    grey = input.channels == 1 and data.channels != 1
    mean = settings.normalise.mean or ((data.grey[0],) if grey else data.mean)
    std = settings.normalise.std or ((data.grey[1],) if grey else data.std)
    short = _takes_turns(data, input) and _follows_data(data, settings)
    channels = data.channels if short else input.channels
    return _each_channel(mean, channels), _each_channel(std, channels)


def _takes_turns(data: Source, input: InputSize) -> bool:
    """Whether the network has so many channels that the images' take turns."""
    return data.kind != "shapes" and input.channels not in (1, _RGB, data.channels)


def _follows_data(data: Source, settings: TrainingSettings) -> bool:
    """Whether the statistics repeat as the images' channels do."""
    given = (settings.normalise.mean, settings.normalise.std)
    return all(data.channels % (len(values) or 1) == 0 for values in given)


def write_statistics(lines: Lines, name: str, values: Sequence[float]) -> None:
    """``MEAN = (0.5,)``."""
    items = [text(float(value)) for value in values]
    if len(items) == 1:
        lines.add(0, f"{name} = ({items[0]},)")
    else:
        lines.listed(0, f"{name} = (", items, ")")


def write_compose(lines: Lines, name: str, steps: Sequence[Construct]) -> None:
    """``transform = transforms.Compose([…])``, one step a line."""
    if not steps:
        lines.add(4, f"{name} = transforms.Compose([])")
        return
    lines.add(4, f"{name} = transforms.Compose(")
    lines.add(8, "[")
    for step in steps:
        lines.expression(12, step, suffix=",")
    lines.add(8, "]")
    lines.add(4, ")")


def _each_channel(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    """Settings may give fewer numbers than channels: they take turns."""
    turns = tuple(values[index % len(values)] for index in range(channels))
    return turns[:1] if len(set(turns)) == 1 else turns
