"""The first layer's filters, now and before training, with a slider through the snapshots in between."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Probe
from cnnstudio.ui.train.empty_state import EmptyState, fill_card
from cnnstudio.ui.train.filter_view import FilterView
from cnnstudio.ui.widgets.elided import ElidedLabel

_MOST = 128
_NARROW = 400


class FilterCard(QFrame):
    """Follows the run until the person moves the slider away from its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("filterCard")
        self._snapshots: list[Probe] = []
        self._drawn: tuple[Probe, float] | None = None
        self._ends: tuple[Probe, Probe] | None = None
        self._scale = 1.0
        title = ElidedLabel(self)
        title.setStyleSheet("font-weight: 600;")
        title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        title.set_texts(self.tr("First-layer filters"), self.tr("Filters"))
        self._before = QLabel(self.tr("before"), self)
        self._now = QLabel(self)
        self._now.setObjectName("filterMoment")
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("filterSlider")
        self._slider.setAccessibleName(self.tr("Moment of the training"))
        self._slider.setMinimumWidth(48)
        self._slider.setMaximumWidth(120)
        self._slider.valueChanged.connect(self._draw)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addSpacing(4)
        for label in (self._before, self._now):
            label.setProperty("role", "muted")
        row.addWidget(self._before)
        row.addWidget(self._slider, 1)
        row.addWidget(self._now)
        row.addStretch(1)
        self._title_row = row
        self._view = FilterView(self)
        self._empty = EmptyState("inspect", "", self)
        self._layers = fill_card(self, row, self._empty, self._view)
        self.show_history(RunHistory(), has_convolution=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the slider speaks for itself."""
        super().resizeEvent(event)
        self._before.setVisible(bool(self._snapshots) and self.width() >= _NARROW)

    def add_to_title(self, widget: QWidget) -> None:
        """Something to press at the right of the title."""
        self._title_row.addWidget(widget)

    def show_history(self, history: RunHistory, has_convolution: bool) -> None:
        """Shows the latest snapshot, or what will be here."""
        known = bool(history.filters)
        for widget in (self._slider, self._now):
            widget.setVisible(known)
        self._before.setVisible(known and self.width() >= _NARROW)
        if not known:
            self._snapshots, self._drawn = [], None
            self._empty.say(_empty_text(self, has_convolution))
            self._layers.setCurrentWidget(self._empty)
            return
        follows = self._slider.value() == self._slider.maximum()
        old = self._snapshots[self._slider.value()] if self._snapshots and not follows else None
        self._snapshots = list(history.filters)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, len(self._snapshots) - 1)
            self._slider.setValue(self._place_of(old))
        self._slider.setEnabled(len(self._snapshots) > 1)
        self._layers.setCurrentWidget(self._view)
        self._draw()

    def _place_of(self, old: Probe | None) -> int:
        """Where the snapshot that the person looks at is now; the end where they follow."""
        if old is None:
            return len(self._snapshots) - 1
        steps = [abs(snapshot.step - old.step) for snapshot in self._snapshots]
        return min(steps.index(min(steps)), max(0, len(self._snapshots) - 2))

    def _draw(self) -> None:
        from cnnstudio.ui.train.tensors import filter_images, largest

        if not self._snapshots:
            return
        chosen = self._snapshots[self._slider.value()]
        # One scale for all moments, so that what grows is seen to grow.
        ends = (self._snapshots[0], self._snapshots[-1])
        if self._ends is None or any(new is not old for new, old in zip(ends, self._ends, strict=True)):
            self._ends = ends
            self._scale = max(largest(end.tensor) for end in ends)
        scale = self._scale
        self._tell_moment(chosen)
        if self._drawn is not None and self._drawn[0] is chosen and self._drawn[1] == scale:
            return
        self._drawn = (chosen, scale)
        self._view.show_filters(filter_images(chosen.tensor, scale, _MOST))

    def _tell_moment(self, chosen: Probe) -> None:
        if chosen is self._snapshots[-1] and len(self._snapshots) > 1:
            text = self.tr("now (epoch {epoch})")
        elif chosen is self._snapshots[0]:
            text = self.tr("before training")
        else:
            text = self.tr("epoch {epoch}")
        self._now.setText(text.format(epoch=chosen.epoch))


def _empty_text(card: FilterCard, has_convolution: bool) -> str:
    if has_convolution:
        return card.tr("The filters of the first convolution, and how training changes them.")
    return card.tr("This network has no convolution, so there are no filters to look at.")
