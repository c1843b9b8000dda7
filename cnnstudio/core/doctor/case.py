"""What is known of a patient: the network, how its training went, how its blocks are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median

from cnnstudio.core.document import Document, Node
from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.core.infer import Inference, Report, StackReport, infer
from cnnstudio.core.messages import Epoch
from cnnstudio.core.phrase import Phrase


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Everything that the rules read; any part of it may be missing.

    ``inference`` is of the network that was trained. ``present`` is of the document that remedies change
    (the one that is open, which may have gone on since). ``losses`` are (step, training loss), ascending.
    ``class_counts`` are of the training images; ``diverged`` tells that a loss or a weight was no number.
    ``adjusted_lr`` is the learning rate that the training was given while it went on, if it was.
    """

    inference: Inference
    present: Inference
    epochs: tuple[Epoch, ...] = ()
    losses: tuple[tuple[float, float], ...] = ()
    health: tuple[Health, ...] = ()
    class_counts: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    diverged: bool = False
    adjusted_lr: float | None = None

    @property
    def document(self) -> Document:
        """What was trained."""
        return self.inference.document

    @property
    def asked_lr(self) -> float:
        """The learning rate that the training was given last, before any schedule."""
        return self.adjusted_lr or self.document.training.optimizer.lr

    @property
    def latest(self) -> Health | None:
        """The last look at the blocks; that at the first step counts only where nothing came after it."""
        if not self.health or (self.health[-1].epoch == 0 and not self.diverged):
            return None
        return self.health[-1]

    @property
    def last_epoch(self) -> int:
        """The number of the last whole epoch, or of the last look; 0 before."""
        last = self.epochs[-1].epoch if self.epochs else 0
        return max(last, self.latest.epoch if self.latest else 0)

    @property
    def looked_at(self) -> bool:
        """Whether there is anything of a training."""
        return bool(self.epochs or self.losses or self.health)


def case_of(
    document: Document,
    *,
    present: Document | None = None,
    epochs: Sequence[Epoch] = (),
    losses: Sequence[tuple[float, float]] = (),
    health: Sequence[Health] = (),
    class_counts: Sequence[int] = (),
    class_names: Sequence[str] = (),
    diverged: bool = False,
    adjusted_lr: float | None = None,
) -> Case:
    """The case of a document with whatever is known of its training."""
    inference = infer(document)
    now = inference if present is None or present is document else infer(present)
    return Case(
        inference,
        now,
        tuple(epochs),
        tuple(losses),
        tuple(health),
        tuple(class_counts),
        tuple(class_names),
        diverged,
        adjusted_lr,
    )


def learning_blocks(health: Health) -> list[BlockHealth]:
    """The blocks with weights whose gradient is known, in reading order; normalisation left out.

    Scales and shifts are few and start at one and zero, so their norms compare with nobody's.
    """
    return [
        block
        for block in health.blocks
        if block.weights and "Norm" not in block.kind and is_number(block.gradient_norm)
    ]


def gradient_size(block: BlockHealth) -> float:
    """The root mean square of a block's gradient, which compares blocks of different sizes."""
    norm = block.gradient_norm
    return norm / block.weights**0.5 if norm is not None and block.weights else 0.0


def update_ratio(health: Health) -> float | None:
    """The median over blocks of how far a step moves the weights, relative to them; None if unknown."""
    ratios = [b.update_ratio for b in learning_blocks(health) if b.update_ratio is not None]
    known = [ratio for ratio in ratios if isfinite(ratio)]
    return median(known) if known else None


def largest_update(health: Health) -> float | None:
    """How far the block that moves most is moved by a step, relative to its weights; None if unknown."""
    ratios = [b.update_ratio for b in learning_blocks(health) if b.update_ratio is not None]
    return max(filter(isfinite, ratios), default=None)


def is_number(value: float | None) -> bool:
    """Whether it is there and finite."""
    return value is not None and isfinite(value)


def reports(inference: Inference) -> Iterator[Report]:
    """Every report in reading order, parents first, each repetition of a Repeat once for its kind."""
    yield from _below(inference.body)


def _below(stack: StackReport) -> Iterator[Report]:
    for report in stack.reports:
        yield report
        for part in report.rounds:
            for inner in part.stacks:
                yield from _below(inner)


def named(node: Node | None, path: str, kind: str) -> Phrase:
    """How a sentence calls a block: its title and its module, ``ReLU relu2``."""
    title = Phrase(node.block.title if node is not None else kind)
    return Phrase("{block} {module}", {"block": title, "module": path}) if path else title
