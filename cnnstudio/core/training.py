"""The training settings, as data."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cnnstudio.core.fields import Count, Probability, param

OptimizerName = Literal["SGD", "Adam", "AdamW", "Adagrad", "RMSprop"]
ScheduleName = Literal["constant", "step", "cosine", "one-cycle", "plateau"]
InitName = Literal["default", "normal", "he", "xavier"]
ValidationName = Literal["test", "split"]
EngineName = Literal["torch", "numpy"]
PrecisionName = Literal["auto", "float32", "mixed"]

_Share = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
_Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
_Epochs = Annotated[int, Field(ge=1, le=100_000)]
_Batch = Annotated[int, Field(ge=1, le=65_536)]
_listed = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
_Channels = Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], _listed]
_Deviations = Annotated[tuple[_Positive, ...], _listed]


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
    """How the learning rate changes; :mod:`cnnstudio.core.schedule` has the formulas."""

    name: ScheduleName = param("Schedule", "How the learning rate changes.", "constant", always=True)
    step_size: _Epochs = param("Every", "Epochs between two steps of the step schedule.", 50)
    gamma: _Positive = param("Factor", "What a step, or a plateau, multiplies the learning rate by.", 0.1)
    patience: _Epochs = param("Patience", "Epochs without a better loss before a plateau's step.", 5)
    warmup: Annotated[int, Field(ge=0, le=100_000)] = param(
        "Warm-up", "Epochs in which the learning rate rises from nothing, step by step.", 0
    )
    rise: _Share = param("Rise", "The share of a one-cycle in which the learning rate rises.", 0.3)


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
    rotation: Annotated[float, Field(ge=0, le=180, allow_inf_nan=False)] = param(
        "Rotation", "Turn by up to so many degrees, either way.", 0.0
    )
    brightness: _Fraction = param("Brightness", "Brighter or darker by up to this share.", 0.0)
    contrast: _Fraction = param("Contrast", "More or less contrast by up to this share.", 0.0)
    saturation: _Fraction = param("Saturation", "More or less colour by up to this share.", 0.0)
    erasing: _Fraction = param(
        "Random erasing", "The share of images in which a random rectangle is filled with the mean.", 0.0
    )
    cutout: Annotated[int, Field(ge=0, le=1024)] = param(
        "Cutout", "The side in pixels of a square that is blanked in every image.", 0
    )


class Normalisation(_Settings):
    """Pixel values in [0, 1] have ``mean`` taken off and are divided by ``std``, one number a channel.

    Empty tuples: the data set's own mean and standard deviation.
    """

    mean: _Channels = param("Mean", "Taken off each pixel, one number a channel or one for all.", ())
    std: _Deviations = param("Deviation", "What each pixel is divided by, likewise.", ())


class Validation(_Settings):
    """What is looked at after each epoch, and by what the best epoch is chosen."""

    name: ValidationName = param(
        "Validate on",
        "The test images, as the tutorials do, or a part of the training images kept aside, so that the test"
        " images stay untouched until the end.",
        "test",
        always=True,
    )
    fraction: _Share = param("Share", "The share of the training images that is kept aside.", 0.1)


class EarlyStopping(_Settings):
    """When a training ends by itself.

    The best epoch is the one of the highest validation accuracy; where early stopping waits for the loss,
    the one of the lowest validation loss.
    """

    patience: Annotated[int, Field(ge=0, le=100_000)] = param(
        "Stop after", "Epochs without a better validation loss after which training ends; 0: never.", 0
    )
    restore_best: bool = param("Restore the best", "Keep the weights of the best epoch.", True)


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
    validation: Validation = Field(default_factory=Validation)
    early_stopping: EarlyStopping = Field(default_factory=EarlyStopping)
    label_smoothing: Probability = param(
        "Label smoothing", "The share of certainty that is spread over all classes.", 0.0
    )
    clip_norm: _NonNegative = param(
        "Clip gradients", "The longest that all gradients together may be; 0: any length.", 0.0
    )
    precision: PrecisionName = param(
        "Precision", "Mixed computes in half precision where the device gains by it.", "auto"
    )
    engine: EngineName = param(
        "Engine", "What computes: PyTorch, or CNN Studio's own network in NumPy, on the CPU.", "torch"
    )
    compile: bool = param(
        "Compile the step",
        "Steps a tenth to a quarter faster, after a wait of some 20 to 40 seconds, or 5 where it was compiled"
        " before; needs a C++ compiler, and goes on without where there is none.",
        False,
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = param("Seed", "Makes a run repeatable.", 0)
    test_limit: Count | None = Field(
        default=None,
        title="Test on the first",
        description="Test images used after each epoch; all if empty.",
    )
