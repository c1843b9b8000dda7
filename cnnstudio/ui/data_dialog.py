"""Asks what to do when a network's data set is not on this disk, and downloads it if that is wanted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Cancelled, Downloaded, Failed, Preparing
from cnnstudio.core.quantity import byte_text
from cnnstudio.core.requests import CallOff, Download
from cnnstudio.workspace.datasets import DatasetInfo
from cnnstudio.workspace.settings import load_settings

_WIDTH, _SIDE = 460, 22


class DataDialog(QDialog):
    """Download (with progress and cancel), train on ``shapes`` now, or for a folder choose one.

    ``trouble`` is a sentence on what is wrong with the folder that was chosen before.
    """

    downloaded = Signal()
    shapesWanted = Signal()
    folderWanted = Signal()

    def __init__(self, info: DatasetInfo, session: EngineSession, parent: QWidget, trouble: str = "") -> None:
        super().__init__(parent)
        self._info = info
        self._trouble = trouble
        self._session = session
        self._ticket = 0
        self.setObjectName("dataDialog")
        self.setWindowTitle(self.tr("Data set"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 18, _SIDE, 18)
        column.setSpacing(10)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._text = QLabel(self)
        self._text.setObjectName("dataDialogText")
        self._text.setWordWrap(True)
        self._text.setProperty("role", "muted")
        self._progress = QProgressBar(self)
        self._progress.setObjectName("downloadProgress")
        self._progress.setAccessibleName(self.tr("Download progress"))
        self._progress.setTextVisible(False)
        self._progress.hide()
        for widget in (self._title, self._text, self._progress):
            column.addWidget(widget)
        column.addSpacing(6)
        column.addLayout(self._buttons())
        self._explain()
        session.answered.connect(self._hear)
        session.engineDied.connect(self._engine_died)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._cancel = self._button("dataCancelButton", self.tr("Cancel"))
        self._cancel.clicked.connect(self._on_cancel)
        self._shapes = self._button("trainOnShapesButton", self.tr("Train on Shapes now"))
        self._shapes.clicked.connect(self._on_shapes)
        get = self.tr("Choose a folder…") if self._info.id == "folder" else self.tr("Download")
        self._get = self._button("downloadButton", get)
        self._get.clicked.connect(self._on_get)
        self._shapes.setProperty("role", "primary")
        self._shapes.setDefault(True)
        row.addWidget(self._cancel)
        row.addStretch()
        row.addWidget(self._get)
        row.addWidget(self._shapes)
        return row

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        return button

    def _explain(self) -> None:
        if self._info.id == "folder":
            self._title.setText(self.tr("Which images?"))
            text = self.tr(
                "Choose a folder of yours with one subfolder of images a class, or train on shapes: simple "
                "images drawn by code, which need no download."
            )
            if self._trouble:  # which says what a folder must be like
                text = self.tr("Or train on shapes: simple images drawn by code, which need no download.")
                text = f"{self._trouble} {text}"
            self._say(text)
            return
        self._title.setText(self.tr("{name} is not on this disk").format(name=self._info.title))
        size = byte_text(self._info.download_bytes)
        text = self.tr(
            "Download it once ({size}), or train on shapes: simple images drawn by code, "
            "which need no download."
        )
        self._say(text.format(size=size))

    def _say(self, text: str) -> None:
        """All of it: a dialog gives a label that wraps less than it needs."""
        self._text.setText(text)
        self._text.setMinimumHeight(self._text.heightForWidth(_WIDTH - 2 * _SIDE))

    def _on_get(self) -> None:
        if self._info.id == "folder":
            self.accept()
            self.folderWanted.emit()
            return
        self._get.setEnabled(False)
        self._progress.setRange(0, 0)
        self._progress.show()
        self._text.setText(self.tr("Downloading {name} …").format(name=self._info.title))
        self._ticket = self._session.ask(Download(self._info.id, str(load_settings().data_dir())))

    def _on_shapes(self) -> None:
        self._call_off()
        self.accept()
        self.shapesWanted.emit()

    def _on_cancel(self) -> None:
        """A download is called off first; the question stays."""
        if self._ticket:
            self._call_off()
            self._rest()
            self._explain()
        else:
            self.reject()

    def reject(self) -> None:
        """Closing the dialog calls a download off too."""
        self._call_off()
        super().reject()

    def _call_off(self) -> None:
        if self._ticket:
            self._session.ask(CallOff(self._ticket))
            self._ticket = 0

    def _rest(self) -> None:
        self._ticket = 0
        self._progress.hide()
        self._get.setEnabled(True)

    def _hear(self, ticket: int, message: object) -> None:
        if ticket != self._ticket or not self._ticket:
            return
        match message:
            case Preparing(done=done, total=total):
                self._show_progress(done, total)
            case Downloaded():
                self._ticket = 0
                self.accept()
                self.downloaded.emit()
            case Failed(sentence=sentence):
                self._refuse(sentence)
            case Cancelled():
                self._rest()

    def _show_progress(self, done: int, total: int) -> None:
        self._progress.setRange(0, 1000 if total else 0)
        self._progress.setValue(round(1000 * done / total) if total else 0)
        text = self.tr("{name}: {done} of {total}")
        if total:
            self._text.setText(
                text.format(name=self._info.title, done=byte_text(done), total=byte_text(total))
            )

    def _refuse(self, sentence: str) -> None:
        self._rest()
        self._title.setText(self.tr("The download failed"))
        self._say(sentence)
        self._get.setText(self.tr("Try again"))

    def _engine_died(self, sentence: str) -> None:
        if self._ticket:
            self._refuse(sentence)
