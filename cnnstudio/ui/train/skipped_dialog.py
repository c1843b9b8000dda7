"""The images that could not be read, in a list that can be copied."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from cnnstudio.core.messages import Skipped


class SkippedDialog(QDialog):
    """How many, and the first of them."""

    def __init__(self, skipped: Skipped, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("skippedDialog")
        self.setWindowTitle(self.tr("Images that were left out"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 360)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        text = QLabel(_sentence(self, skipped), self)
        text.setObjectName("skippedText")
        text.setWordWrap(True)
        paths = QPlainTextEdit("\n".join(skipped.paths), self)
        paths.setObjectName("skippedPaths")
        paths.setAccessibleName(self.tr("Paths of the images"))
        paths.setReadOnly(True)
        paths.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QPushButton(self.tr("Copy the list"), self)
        copy.setObjectName("copySkippedButton")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(skipped.paths)))
        close = QPushButton(self.tr("Close"), self)
        close.setObjectName("closeSkippedButton")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column.addWidget(text)
        column.addWidget(paths, 1)
        column.addLayout(buttons)


def _sentence(dialog: QDialog, skipped: Skipped) -> str:
    text = dialog.tr(
        "{count} images could not be read and were left out of the training: "
        "look at them with a picture viewer, and replace or remove what is damaged."
    )
    if skipped.images > len(skipped.paths):
        text += " " + dialog.tr("These are the first of them.")
    return text.format(count=skipped.images)
