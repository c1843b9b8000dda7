"""One epoch's steps and the loop over epochs, as source lines."""

from cnnstudio.codegen.expression import Construct, Symbol, Value
from cnnstudio.codegen.layout import Lines
from cnnstudio.codegen.script import fragments
from cnnstudio.codegen.script.schedules import Schedules
from cnnstudio.core.training import TrainingSettings


def train_epoch(settings: TrainingSettings, schedules: Schedules, has_heads: bool) -> str:
    """The function that trains on every image once."""
    parameters = ""
    if settings.precision == "mixed":
        parameters += "    scaler: torch.amp.GradScaler,\n"
    if schedules.by_step:
        parameters += "    scheduler: torch.optim.lr_scheduler.LRScheduler,\n"
    return fragments.TRAIN_EPOCH.substitute(
        parameters=parameters,
        loss=_loss(settings, has_heads),
        update=_update(settings, bool(schedules.by_step)),
    )


def _loss(settings: TrainingSettings, has_heads: bool) -> str:
    lines, indent = Lines(), 8
    if settings.precision == "mixed":
        lines.add(8, 'with torch.autocast(device.type, enabled=device.type == "cuda"):')
        indent = 12
    lines.add(indent, "logits, *side_logits = model(images)" if has_heads else "logits = model(images)")
    lines.expression(indent, _cross_entropy(settings, "logits"), "loss = ")
    if has_heads:
        lines.add(indent, "for weight, side in zip(SIDE_WEIGHTS, side_logits):")
        if settings.label_smoothing:
            lines.expression(indent + 4, _cross_entropy(settings, "side"), "side_loss = ")
            lines.add(indent + 4, "loss = loss + weight * side_loss")
        else:
            lines.expression(indent + 4, _cross_entropy(settings, "side"), "loss = loss + weight * ")
    return lines.source()


def _cross_entropy(settings: TrainingSettings, logits: str) -> Construct:
    smoothing: tuple[tuple[str, Value], ...] = ()
    if settings.label_smoothing:
        smoothing = (("label_smoothing", settings.label_smoothing),)
    return Construct("nn.functional.cross_entropy", (Symbol(logits), Symbol("labels")), smoothing)


def _update(settings: TrainingSettings, with_scheduler: bool) -> str:
    lines = Lines()
    is_mixed = settings.precision == "mixed"
    lines.add(8, "optimizer.zero_grad()")
    lines.add(8, "scaler.scale(loss).backward()" if is_mixed else "loss.backward()")
    if settings.clip_norm:
        if is_mixed:
            lines.add(8, "scaler.unscale_(optimizer)")
        norm = (("max_norm", settings.clip_norm),)
        lines.expression(8, Construct("nn.utils.clip_grad_norm_", (Symbol("model.parameters()"),), norm))
    lines.add(8, "scaler.step(optimizer)" if is_mixed else "optimizer.step()")
    if is_mixed:
        lines.add(8, "scaler.update()")
    if with_scheduler:
        lines.add(8, "scheduler.step()")
    return lines.source()


def write_epochs(lines: Lines, settings: TrainingSettings, schedules: Schedules) -> None:
    """The loop over epochs and what comes after it."""
    name, words = ("val", "validation") if settings.validation.name == "split" else ("test", "test")
    stopping = settings.early_stopping
    restores = bool(stopping.patience and stopping.restore_best)
    if restores:
        lines.add(4, 'best_loss, best_epoch, best_weights = float("inf"), 0, model.state_dict()')
    elif stopping.patience:
        lines.add(4, 'best_loss, best_epoch = float("inf"), 0')
    lines.add(4, "for epoch in range(1, args.epochs + 1):")
    schedules.write_before_epoch(lines)
    arguments = ["model", "train_batches", "optimizer", "device"]
    arguments += ["scaler"] * (settings.precision == "mixed") + [schedules.by_step] * bool(schedules.by_step)
    call = Construct("train_epoch", tuple(map(Symbol, arguments)))
    lines.expression(8, call, "loss, accuracy = ")
    lines.add(8, f"{name}_loss, {name}_accuracy = evaluate(model, {name}_batches, device)")
    schedules.write_after_epoch(lines, f"{name}_loss")
    lines.text(fragments.EPOCH_REPORT.substitute(name=name, words=words))
    if stopping.patience:
        keep = fragments.KEEP_BEST if restores else ""
        lines.text(fragments.STOP_EARLY.substitute(name=name, keep=keep))
    if restores:
        lines.add(4, "model.load_state_dict(best_weights)")
    if name == "val":
        lines.text(fragments.TEST)
    lines.text(fragments.SAVE)
