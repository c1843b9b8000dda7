"""Optimizer, weights and batches of a document's settings, as source lines."""

from cnnstudio.codegen.expression import Construct, Symbol, Value, text
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script.fragments import INITIALISE
from cnnstudio.core.training import Initialisation, Optimizer, TrainingSettings

_MOMENTUM = ("SGD", "RMSprop")


def optimizer(settings: Optimizer) -> Construct:
    """``torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)``."""
    options: list[tuple[str, Value]] = [("lr", settings.lr)]
    if settings.name in _MOMENTUM and settings.momentum:
        options.append(("momentum", settings.momentum))
        if settings.name == "SGD" and settings.nesterov:
            options.append(("nesterov", True))
    # AdamW's own default is not zero.
    if settings.weight_decay or settings.name == "AdamW":
        options.append(("weight_decay", settings.weight_decay))
    return Construct(f"torch.optim.{settings.name}", (Symbol("model.parameters()"),), tuple(options))


def initialisation(settings: Initialisation) -> str:
    """The function that draws the weights; empty for torch's own way."""
    draws = {
        "normal": f"nn.init.normal_(module.weight, std={text(settings.std)})",
        "he": 'nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
        "xavier": "nn.init.xavier_normal_(module.weight)",
    }
    draw = draws.get(settings.name)
    return INITIALISE.substitute(draw=draw) if draw else ""


def write_batches(lines: Lines, settings: TrainingSettings, drop_single: bool) -> None:
    """The data loaders."""
    options: list[tuple[str, Value | Symbol]] = [("batch_size", Symbol("BATCH_SIZE")), ("shuffle", True)]
    if drop_single:
        lines.add(4, "# Batch norm cannot train on a batch of one image.")
        lines.add(4, "drop_last = len(train_data) % BATCH_SIZE == 1")
        options.append(("drop_last", Symbol("drop_last")))
    train = Construct("DataLoader", (Symbol("train_data"),), tuple(options))
    lines.expression(4, train, "train_batches = ")
    for name in ("val", "test") if settings.validation.name == "split" else ("test",):
        size = (("batch_size", Symbol("BATCH_SIZE")),)
        lines.expression(4, Construct("DataLoader", (Symbol(f"{name}_data"),), size), f"{name}_batches = ")
