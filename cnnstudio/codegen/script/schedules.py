"""The schedule of the settings as torch's own schedulers, as source lines."""

from dataclasses import dataclass

from cnnstudio.codegen.expression import Construct, Symbol, Value
from cnnstudio.codegen.layout import Lines
from cnnstudio.core.training import Schedule, TrainingSettings

_SCHEDULERS = "torch.optim.lr_scheduler."


@dataclass(frozen=True, slots=True)
class Schedules:
    """``by_step`` and ``by_epoch`` are the names of the variables that are stepped so; empty: none is."""

    settings: TrainingSettings
    by_step: str
    by_epoch: str

    @classmethod
    def of(cls, settings: TrainingSettings) -> "Schedules":
        """Those of a document's settings."""
        schedule = settings.schedule
        by_epoch = "scheduler" if _by_epoch(schedule) is not None else ""
        is_by_step = bool(schedule.warmup) or schedule.name == "one-cycle"
        by_step = ("warmup" if by_epoch else "scheduler") if is_by_step else ""
        return cls(settings, by_step, by_epoch)

    def write(self, lines: Lines) -> None:
        """What is made before the first epoch."""
        schedule = self.settings.schedule
        if schedule.warmup:
            lines.add(4, "warmup_steps = WARMUP_EPOCHS * len(train_batches)")
            factors = (
                ("start_factor", Symbol("1 / warmup_steps")),
                ("total_iters", Symbol("warmup_steps - 1")),
            )
            linear = Construct(f"{_SCHEDULERS}LinearLR", (Symbol("optimizer"),), factors)
            lines.expression(4, linear, f"{self.by_step} = ")
        elif schedule.name == "one-cycle":
            lines.expression(4, _one_cycle(self.settings), "scheduler = ")
        by_epoch = _by_epoch(schedule)
        if by_epoch is not None:
            lines.expression(4, by_epoch, "scheduler = ")

    def write_before_epoch(self, lines: Lines) -> None:
        """A one-cycle begins when the warm-up has ended."""
        if self.settings.schedule.warmup and self.settings.schedule.name == "one-cycle":
            lines.add(8, "if epoch == WARMUP_EPOCHS + 1:")
            lines.expression(12, _one_cycle(self.settings), "scheduler = ")

    def write_after_epoch(self, lines: Lines, loss: str) -> None:
        """``scheduler.step()``."""
        if not self.by_epoch:
            return
        indent = 8
        if self.settings.schedule.warmup:
            lines.add(8, "if epoch > WARMUP_EPOCHS:")
            indent = 12
        seen = loss if self.settings.schedule.name == "plateau" else ""
        lines.add(indent, f"scheduler.step({seen})")


def _by_epoch(schedule: Schedule) -> Construct | None:
    """The scheduler that is stepped after every epoch; None where the learning rate stays."""
    options: tuple[tuple[str, Value | Symbol], ...]
    if schedule.name == "step":
        name, options = "StepLR", (("step_size", schedule.step_size), ("gamma", schedule.gamma))
    elif schedule.name == "cosine":
        epochs = "max(1, args.epochs - WARMUP_EPOCHS)" if schedule.warmup else "args.epochs"
        name, options = "CosineAnnealingLR", (("T_max", Symbol(epochs)),)
    elif schedule.name == "plateau" and schedule.gamma < 1:
        # torch refuses other factors, which would never be used either.
        options = (("factor", schedule.gamma), ("patience", schedule.patience))
        name = "ReduceLROnPlateau"
    else:
        return None
    return Construct(f"{_SCHEDULERS}{name}", (Symbol("optimizer"),), options)


def _one_cycle(settings: TrainingSettings) -> Construct:
    epochs = "(args.epochs - WARMUP_EPOCHS)" if settings.schedule.warmup else "args.epochs"
    options: tuple[tuple[str, Value | Symbol], ...] = (
        ("max_lr", settings.optimizer.lr),
        ("total_steps", Symbol(f"{epochs} * len(train_batches)")),
        ("pct_start", settings.schedule.rise),
        ("cycle_momentum", False),
    )
    return Construct(f"{_SCHEDULERS}OneCycleLR", (Symbol("optimizer"),), options)
