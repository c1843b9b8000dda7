"""How far the run is: epoch, step, speed, learning rate, time gone and time left."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Preparing, Stage
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.train.clock import clock

HEIGHT = 56


class ProgressRow(QWidget):
    """One line; says what will be here while there is no run."""

    skippedPressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progressRow")
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 0, 13, 0)
        row.setSpacing(18)
        self._epoch = self._label("epochLabel", "font-weight: 600;")
        self.bar = QProgressBar(self)
        self.bar.setObjectName("epochProgress")
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self._step = self._label("stepLabel")
        self._speed = self._label("speedLabel")
        self._rate = self._label("rateLabel")
        self._time = self._label("timeLabel")
        row.addWidget(self._epoch)
        row.addWidget(self.bar, 1)
        for label in (self._step, self._speed, self._rate, self._time):
            label.setProperty("role", "muted")
            label.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(label)
        self._skipped = QPushButton(self)
        self._skipped.setObjectName("skippedButton")
        self._skipped.setProperty("role", "offer")
        self._skipped.setToolTip(self.tr("Shows which images were left out"))
        self._skipped.clicked.connect(self.skippedPressed)
        self._skipped.hide()
        row.addWidget(self._skipped)

    def show_history(self, history: RunHistory, state: str) -> None:
        """All of it, from what has been heard."""
        self._show_skipped(history)
        if state == "idle":
            self._show_nothing(self.tr("Not trained yet"))
            return
        if history.step is None or history.started is None:
            self._show_preparing(history, state)
            return
        started, step = history.started, history.step
        epochs = history.total_epochs
        total = epochs * history.steps_per_epoch
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * step.step / max(1, total)))
        epoch = self.tr("Epoch {epoch} / {epochs}").format(epoch=step.epoch, epochs=epochs)
        self._epoch.setText(epoch + _suffix(self, state))
        steps = self.tr("step {step} / {total}")
        between = doing(history.preparing) if history.preparing and state == "running" else ""
        self._step.setText(between or steps.format(step=grouped(step.step), total=grouped(total)))
        rate = self._rate_of(history, state)
        images = started.train_images / history.steps_per_epoch
        speed = self.tr("<b>{speed}</b> images/s").format(speed=grouped(round(rate * images))) if rate else ""
        self._speed.setText(speed)
        self._rate.setText(self.tr("lr <b>{lr}</b>").format(lr=f"{step.lr:.4g}"))
        self._speed.setVisible(rate is not None)
        self._speed.setToolTip("\n".join(f"{name}: {what}" for name, what in started.choices))
        self._show_time(step.seconds, (total - step.step) / rate if rate else None, state)

    @staticmethod
    def _rate_of(history: RunHistory, state: str) -> float | None:
        """Steps a second: of late while it runs, over the last epoch afterwards; None at the very start."""
        rate = history.steps_per_second() if state in ("running", "paused") else None
        if rate is None and history.epochs and history.started:
            images = history.started.train_images / history.steps_per_epoch
            rate = history.epochs[-1].images_per_second / images
        return rate

    def _show_time(self, gone: float, left: float | None, state: str) -> None:
        if state in ("running", "paused") and left is not None:
            text = self.tr("{gone} elapsed · {left} left").format(gone=clock(gone), left=clock(left))
        else:
            text = self.tr("{gone} elapsed").format(gone=clock(gone))
        self._time.setText(text)

    def _show_skipped(self, history: RunHistory) -> None:
        skipped = history.skipped
        self._skipped.setVisible(skipped is not None and skipped.images > 0)
        if skipped is not None:
            self._skipped.setText(self.tr("{count} images left out").format(count=grouped(skipped.images)))
            self._skipped.setAccessibleName(self._skipped.text())

    def _show_preparing(self, history: RunHistory, state: str) -> None:
        over = {"failed": self.tr("Failed"), "stopped": self.tr("Stopped")}
        self._show_nothing(over.get(state, self.tr("Preparing …")))
        now = history.preparing
        if state == "preparing" and now is not None:
            self._step.setText(doing(now))
            self.bar.setRange(0, 1000 if now.total else 0)
            self.bar.setValue(round(1000 * now.done / now.total) if now.total else 0)
        elif state == "preparing":
            self.bar.setRange(0, 0)

    def _show_nothing(self, text: str) -> None:
        self._epoch.setText(text)
        self.bar.setRange(0, 1000)
        self.bar.setValue(0)
        for label in (self._step, self._speed, self._rate, self._time):
            label.clear()

    def _label(self, name: str, style: str = "") -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setStyleSheet(style)
        return label


def doing(now: Preparing) -> str:
    """What goes on, for people."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Doing", text)

    words: dict[Stage, str] = {
        "download": tr("Downloading {name}"),
        "unpack": tr("Unpacking {name}"),
        "scan": tr("Looking through {name}"),
        "read": tr("Reading {name}"),
        "decode": tr("Decoding {name}"),
        "draw": tr("Drawing {name}"),
        "repair": tr("{name} is damaged and is fetched again"),
        "choose": tr("Trying what trains fastest"),
        "compile": tr("Compiling the step"),
        "test": tr("Testing"),
        "rate": tr("Trying learning rates"),
        "forecast": tr("Timing some steps"),
        "look": tr("Looking into the network"),
    }
    done = f" {100 * now.done // now.total} %" if now.total else ""
    return words[now.stage].format(name=now.name).strip() + done


def _suffix(row: ProgressRow, state: str) -> str:
    words = {
        "paused": row.tr("paused"),
        "stopped": row.tr("stopped"),
        "failed": row.tr("failed"),
        "finished": row.tr("finished"),
    }
    return f" · {words[state]}" if state in words else ""
