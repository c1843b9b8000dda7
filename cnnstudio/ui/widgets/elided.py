"""A line of text that says it as long as there is room for, and else more briefly."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """Plain text at the right. Of several wordings the first that fits is shown, the last ends in dots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_texts(self, *texts: str) -> None:
        """The wordings, the longest first; it is the label's text."""
        self._texts = texts
        self.setText(texts[0])
        self._tell_whole()

    def clear(self) -> None:
        """Nothing to say."""
        self.set_texts("")

    def minimumSizeHint(self) -> QSize:
        """None in width."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """Of the longest wording."""
        return QSize(self._width(self._texts[0]), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another wording may fit now."""
        super().resizeEvent(event)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the wording that fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment(), self._shown())
        painter.end()

    def _shown(self) -> str:
        for text in self._texts:
            if self._width(text) <= self.width():
                return text
        return self.fontMetrics().elidedText(self._texts[-1], Qt.TextElideMode.ElideRight, self.width())

    def _width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2

    def _tell_whole(self) -> None:
        self.setToolTip("" if self._shown() == self._texts[0] else self._texts[0])
