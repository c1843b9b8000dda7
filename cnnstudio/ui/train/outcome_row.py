"""How a run ended, in words, and the way to go on with it."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.run_reading import Usage
from cnnstudio.core.messages import Failed, Finished
from cnnstudio.core.quantity import byte_text
from cnnstudio.ui.train.clock import duration
from cnnstudio.ui.train.foot_row import FootRow
from cnnstudio.ui.train.plot_range import loss_text


class OutcomeRow(FootRow):
    """Shown when a run is over."""

    continued = Signal()
    detailsAsked = Signal(str, str)
    """What happened, all of it (carries the sentence and the report)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("outcomeRow", parent)
        self._text = QLabel(self)
        self._text.setObjectName("outcomeText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._measured = QLabel(self)
        self._measured.setObjectName("measuredText")
        self._measured.setProperty("role", "small")
        self._measured.hide()
        self._details = self.small_button("outcomeDetails")
        self._details.setText(self.tr("Details…"))
        self._details.setAccessibleName(self._details.text())
        self._details.clicked.connect(self._ask_details)
        self._failed: Failed | None = None
        self._continue = self.small_button("continueButton")
        self._continue.clicked.connect(self.continued)
        self.row.addWidget(self._text, 1)
        self.row.addWidget(self._measured)
        self.row.addWidget(self._details)
        self.row.addWidget(self._continue)

    def _ask_details(self) -> None:
        if self._failed is not None:
            self.detailsAsked.emit(self._failed.sentence, self._failed.detail)

    def show_usage(self, usage: Usage | None) -> None:
        """What the run took, beside what was foretold of it."""
        text = measured_text(usage) if usage else ""
        self._measured.setText(text)
        self._measured.setVisible(bool(text))

    def show_history(self, history: RunHistory, state: str) -> bool:
        """Says how it ended; False where there is nothing to say."""
        text = outcome(history, state)
        if text != self._text.text():
            self._text.setText(text)
        failed = state == "failed"
        if self._text.property("role") != ("error" if failed else ""):
            self._text.setProperty("role", "error" if failed else "")
            self._text.style().polish(self._text)
        self._failed = history.failed if failed else None
        self._details.setVisible(self._failed is not None and bool(self._failed.detail))
        epoch = resumable_epoch(history, state)
        self._continue.setVisible(epoch is not None)
        if epoch is not None:
            text = self.tr("Continue from epoch {epoch}")
            if _lacks_test(history):
                text = self.tr("Continue with the test images")
            elif _is_midway(history):
                text = self.tr("Continue in epoch {epoch}")
            self._continue.setText(text.format(epoch=epoch))
            self._continue.setAccessibleName(self._continue.text())
        return bool(text)


def resumable_epoch(history: RunHistory, state: str) -> int | None:
    """The epoch that the run would go on with; None where there is nothing to go on from.

    One more than there are where all are done and only the test images are left to be looked at.
    """
    if state not in ("stopped", "failed") or history.checkpoint is None:
        return None
    # Not by its steps: they may all be taken, and the epoch's test is still to come.
    epoch = history.checkpoint.epoch
    goes_on = not history.total_epochs or epoch <= history.total_epochs or _lacks_test(history)
    return epoch if goes_on else None


def _lacks_test(history: RunHistory) -> bool:
    """Whether all epochs are done, with images of their own to judge them, and the test images unseen."""
    saved, finished = history.checkpoint, history.finished
    if saved is None or history.held != "validation" or not history.total_epochs:
        return False
    return saved.epoch > history.total_epochs or (finished is not None and finished.early)


def _is_midway(history: RunHistory) -> bool:
    """Whether the last checkpoint lies inside of an epoch: steps are taken, perhaps all, and no test yet."""
    saved = history.checkpoint
    return saved is not None and saved.step > (saved.epoch - 1) * history.steps_per_epoch


def outcome(history: RunHistory, state: str) -> str:
    """One or two sentences on how a run ended; empty while it goes on."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Outcome", text)

    finished = history.finished
    if state == "failed":
        sentence = history.failed.sentence if history.failed else tr("The training ended unexpectedly.")
        kept = tr("What was learnt up to step {step} is kept.")
        step = history.checkpoint.step if history.checkpoint else 0
        return f"{sentence} {kept.format(step=step)}" if step else sentence
    if finished is None or state not in ("finished", "stopped"):
        return ""
    if finished.stopped:
        words = {
            0: tr("Stopped in the first epoch; what was learnt so far is saved."),
            1: tr("Stopped after 1 whole epoch; what was learnt so far is saved."),
        }
        many = tr("Stopped after {epochs} whole epochs; what was learnt so far is saved.")
        text = words.get(finished.epochs, many)
        if _lacks_test(history):
            text = tr("Stopped before the test images were looked at; all that was learnt is saved.")
        elif finished.epochs and _is_midway(history):
            text = tr("Stopped in epoch {epoch}; what was learnt so far is saved.")
        return text.format(epochs=finished.epochs, epoch=finished.epochs + 1)
    if finished.early:
        text = tr("Ended early after epoch {epochs}: the test loss got no better any more.")
        if history.held == "validation":
            text = tr("Ended early after epoch {epochs}: the validation loss got no better any more.")
    else:
        text = (
            tr("Finished after 1 epoch.") if finished.epochs == 1 else tr("Finished after {epochs} epochs.")
        )
    return " ".join((text.format(epochs=finished.epochs), _kept(finished), _result(history, finished)))


def _kept(finished: Finished) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Outcome", text)

    if finished.weights_epoch:
        return tr("The weights of epoch {epoch} are kept.").format(epoch=finished.weights_epoch)
    return tr("The weights of the last step are kept.")


def _result(history: RunHistory, finished: Finished) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Outcome", text)

    if history.held == "validation":
        text = tr("On the test images, looked at for the first time: {accuracy} right, loss {loss}.")
    else:
        text = tr("On the test images: {accuracy} right, loss {loss}.")
    accuracy = f"{100 * finished.test_accuracy:.1f} %"
    return text.format(accuracy=accuracy, loss=loss_text(finished.test_loss))


def measured_text(usage: Usage) -> str:
    """``Measured: 12 s an epoch (11 s estimated) · 430 MiB (412 MiB estimated)``."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Outcome", text)

    def beside(measured: str, foretold: str) -> str:
        return tr("{measured} ({foretold} estimated)").format(measured=measured, foretold=foretold)

    parts = []
    if usage.seconds_per_epoch is not None:
        time = tr("{time} an epoch").format(time=duration(usage.seconds_per_epoch))
        foretold = usage.foretold_seconds_per_epoch
        parts.append(time if foretold is None else beside(time, duration(foretold)))
    if usage.memory_bytes is not None:
        memory = tr("{size} memory").format(size=byte_text(usage.memory_bytes))
        size = usage.foretold_memory_bytes
        parts.append(memory if size is None else beside(memory, byte_text(size)))
    return tr("Measured: {what}").format(what=" · ".join(parts)) if parts else ""
