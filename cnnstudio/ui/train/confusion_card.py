"""Which class is taken for which: the confusion matrix over the test images."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolTip, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Probe
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.theme import mix, theme, tokens, ui_font
from cnnstudio.ui.train.empty_state import EmptyState, fill_card
from cnnstudio.ui.widgets.elided import ElidedLabel

_LABELS_UP_TO = 20
_GAP = 2
_PICTURE_FROM = 40
"""More classes than these are drawn as one image, a pixel a pair: 120 of them took 60 ms by rectangles."""


class ConfusionView(QWidget):
    """A square a pair of classes; rows are the true classes, each scaled by its own number of images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionView")
        self.setAccessibleName(self.tr("Confusion matrix"))
        self._counts: list[list[int]] = []
        self._names: tuple[str, ...] = ()
        self._picture: QImage | None = None
        theme().changed.connect(self._forget_picture)

    @property
    def counts(self) -> list[list[int]]:
        """What is shown, rows by true class."""
        return self._counts

    def show_counts(self, counts: list[list[int]], names: tuple[str, ...]) -> None:
        """Another matrix."""
        self._counts, self._names = counts, names
        self._forget_picture()

    def _forget_picture(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws cells and, where there is room, the names of the classes."""
        if not self._counts:
            return
        t = tokens()
        painter = QPainter(self)
        left, side = self._place()
        if len(self._counts) > _PICTURE_FROM:
            self._picture = self._picture or matrix_picture(self._counts)
            whole = side * len(self._counts)
            painter.drawImage(QRectF(left, 0, whole, whole), self._picture)
            painter.end()
            return
        gap = _GAP if side > 8 else 0
        painter.setFont(ui_font(10))
        for row, counts in enumerate(self._counts):
            total = max(1, sum(counts))
            for column, count in enumerate(counts):
                share = count / total
                colour = t.accent if row == column else t.danger
                strength = share if row == column else min(1.0, 2.2 * share)
                cell = QRectF(left + column * side, row * side, side - gap, side - gap)
                painter.fillRect(cell, QColor(mix(colour, t.canvas, min(1.0, 0.04 + strength))))
                if side >= 30 and count:
                    strong = strength > 0.55
                    painter.setPen(QColor(t.on_accent if strong else t.muted))
                    painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))
            if left:
                painter.setPen(QColor(t.muted))
                area = QRectF(0, row * side, left - 8, side - gap)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(area, flags, self._name(row))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """A tool tip tells the pair and its count."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._counts:
            left, side = self._place()
            column = int((event.pos().x() - left) // side)
            row = int(event.pos().y() // side)
            if 0 <= row < len(self._counts) and 0 <= column < len(self._counts):
                text = self.tr("{true} taken for {guess}: {count}")
                if row == column:
                    text = self.tr("{true} told right: {count}")
                count = grouped(self._counts[row][column])
                QToolTip.showText(
                    event.globalPos(),
                    text.format(true=self._name(row), guess=self._name(column), count=count),
                    self,
                )
                return True
        return super().event(event)

    def _place(self) -> tuple[float, float]:
        """Where the cells begin and how large one is."""
        count = max(1, len(self._counts))
        left = 0.0
        if count <= _LABELS_UP_TO:
            metrics = QFontMetrics(ui_font(10))
            left = min(
                self.width() * 0.3, max(metrics.horizontalAdvance(self._name(i)) for i in range(count)) + 10
            )
        wide = (self.width() - left) / count
        high = self.height() / count
        return left, max(1.0, min(high, wide, 1.8 * high))

    def _name(self, number: int) -> str:
        return self._names[number] if number < len(self._names) else str(number)


def matrix_picture(counts: list[list[int]]) -> QImage:
    """A pixel a pair of classes, in the colours of the cells."""
    import numpy as np

    t, matrix = tokens(), np.array(counts, np.float64)
    share = matrix / np.maximum(1, matrix.sum(1, keepdims=True))
    right = np.eye(len(matrix), dtype=bool)
    strength = np.minimum(1, 0.04 + np.where(right, share, np.minimum(1, 2.2 * share)))[..., None]
    good, bad, ground = (np.array(tuple(bytes.fromhex(c[1:]))) for c in (t.accent, t.danger, t.canvas))
    ink = np.where(right[..., None], good, bad)
    pixels = np.round(strength * ink + (1 - strength) * ground).astype(np.uint8)
    count = len(matrix)
    return QImage(pixels.tobytes(), count, count, 3 * count, QImage.Format.Format_RGB888).copy()


class ConfusionCard(QFrame):
    """The matrix with the pair that is confused most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("confusionCard")
        self._drawn: Probe | None = None
        title = QLabel(self.tr("Confusion"), self)
        title.setStyleSheet("font-weight: 600;")
        self._most = ElidedLabel(self)
        self._most.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._most.setObjectName("mostConfused")
        self._most.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self._most, 1)
        self._view = ConfusionView(self)
        text = self.tr("Which class is taken for which, after every epoch.")
        self._empty = EmptyState("build", text, self)
        self._layers = fill_card(self, row, self._empty, self._view)

    def show_history(self, history: RunHistory) -> None:
        """The latest matrix."""
        probe = history.confusion
        if probe is None:
            self._layers.setCurrentWidget(self._empty)
            self._most.clear()
            self._drawn = None
            return
        if probe is self._drawn:
            return
        from cnnstudio.ui.train.tensors import counts

        self._drawn = probe
        names = history.started.class_names if history.started else ()
        matrix = counts(probe.tensor)
        self._view.show_counts(matrix, names)
        self._layers.setCurrentWidget(self._view)
        self._tell_most(matrix, names)

    def _tell_most(self, matrix: list[list[int]], names: tuple[str, ...]) -> None:
        pairs = [
            (count, row, column)
            for row, counts in enumerate(matrix)
            for column, count in enumerate(counts)
            if row != column
        ]
        most = max(pairs, default=(0, 0, 0))
        if not most[0]:
            self._most.set_texts(self.tr("nothing is confused"))
            return
        true, guess = (names[i] if i < len(names) else str(i) for i in most[1:])
        texts = (self.tr("most confused: {true} → {guess} {count}"), self.tr("{true} → {guess} {count}"))
        self._most.set_texts(*(text.format(true=true, guess=guess, count=most[0]) for text in texts))
