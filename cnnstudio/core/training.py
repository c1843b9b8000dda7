"""The training settings and the messages of a run, as data."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cnnstudio.core.fields import Count, Probability, param

OptimizerName = Literal["SGD", "Adam", "AdamW", "Adagrad", "RMSprop"]
ScheduleName = Literal["constant", "step", "cosine"]
InitName = Literal["default", "normal", "he", "xavier"]

_NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
_Epochs = Annotated[int, Field(ge=1, le=100_000)]
_Batch = Annotated[int, Field(ge=1, le=65_536)]
_Channels = Annotated[
    tuple[Annotated[float, Field(allow_inf_nan=False)], ...],
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Optimizer(_Settings):
    """How weights follow their gradients; names and meanings are torch.optim's."""

    name: OptimizerName = param("Optimizer", "The rule that turns gradients into steps.", "SGD", always=True)
    lr: _Positive = param("Learning rate", "The size of a step.", 0.01, always=True)
    momentum: Probability = param("Momentum", "How much of the last step goes on (SGD, RMSprop).", 0.0)
    nesterov: bool = param("Nesterov", "Look ahead by the momentum before the gradient (SGD).", False)
    weight_decay: _NonNegative = param("Weight decay", "Pulls weights towards zero.", 0.0)


class Schedule(_Settings):
    """How the learning rate changes from epoch to epoch."""

    name: ScheduleName = param("Schedule", "How the learning rate falls.", "constant", always=True)
    step_size: _Epochs = param("Every", "Epochs between two steps of the step schedule.", 50)
    gamma: _Positive = param("Factor", "What a step multiplies the learning rate by.", 0.1)


class Initialisation(_Settings):
    """The weights before the first step."""

    name: InitName = param("Weights", "How weights are drawn before training.", "default", always=True)
    std: _Positive = param("Standard deviation", "Of normal weights.", 0.01)


class Augmentation(_Settings):
    """Random changes of the training images, drawn anew each time."""

    flip: bool = param("Flip", "Mirror half of the images left to right.", False)
    crop_padding: Annotated[int, Field(ge=0, le=64)] = param(
        "Crop padding", "Pad by so many pixels and cut the original size at random.", 0
    )


class Normalisation(_Settings):
    """Pixel values in [0, 1] have ``mean`` taken off and are divided by ``std``, one number a channel.

    Empty tuples: the data set's own mean and standard deviation.
    """

    mean: _Channels = ()
    std: _Channels = ()


class TrainingSettings(_Settings):
    """Everything about a training that is not the network."""

    dataset: Annotated[str, Field(max_length=100)] = param(
        "Data set", "Its id: mnist, fashion-mnist, cifar10, folder or shapes.", "shapes", always=True
    )
    epochs: _Epochs = param("Epochs", "How often the training sees every image.", 5, always=True)
    batch_size: _Batch = param("Batch size", "Images per step.", 64, always=True)
    optimizer: Optimizer = Field(default_factory=Optimizer)
    schedule: Schedule = Field(default_factory=Schedule)
    init: Initialisation = Field(default_factory=Initialisation)
    augment: Augmentation = Field(default_factory=Augmentation)
    normalise: Normalisation = Field(default_factory=Normalisation)
    seed: Annotated[int, Field(ge=0, lt=2**31)] = param("Seed", "Makes a run repeatable.", 0)
    test_limit: Count | None = Field(
        default=None,
        title="Test on the first",
        description="Test images used after each epoch; all if empty.",
    )
