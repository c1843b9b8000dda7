"""Small controls that float over the canvas: zoom, the code, and what was refused."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout

from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.theme import icon, theme, tokens

_MARGIN = 12
_TOAST_MS = 5000
_ROOM_FOR_WORDS = 540
"""A narrower canvas has no room for words beside its cards."""


class CanvasOverlay(QObject):
    """Keeps the controls in the corners of the canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.code = self._button("codeToggle", "code", self.tr("Show the PyTorch code"))
        self.code.setText(self.tr("Code"))
        self.code.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.code.setCheckable(True)
        self._top = self._float(self.code)
        # Upright, so that the cards in the middle stay free in a narrow window too.
        out = self._button("zoomOutButton", "minus", self.tr("Zoom out"))
        fit = self._button("zoomFitButton", "fit", self.tr("Show the whole network"))
        enlarge = self._button("zoomInButton", "plus", self.tr("Zoom in"))
        full = self._button("zoomFullButton", "", self.tr("Show at full size"))
        full.setText("1:1")
        self._keys(
            enlarge, "zoomInAction", canvas.zoom_in, "Ctrl++", "Ctrl+="
        )  # one key, with Shift or without
        self._keys(out, "zoomOutAction", canvas.zoom_out, "Ctrl+-")
        self._keys(full, "zoomFullAction", self._on_full, "Ctrl+0")
        self._keys(fit, "zoomFitAction", canvas.zoom_to_fit, "Ctrl+9")
        self._action("nextProblemAction", self.tr("Go to the next problem"), canvas.show_next_problem, "F8")
        self._bottom = self._float(enlarge, out, full, fit)
        self.toast = QLabel(canvas)
        self.toast.setObjectName("canvasToast")
        self.toast.setProperty("role", "toast")
        self.toast.setWordWrap(True)
        self.toast.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOAST_MS)
        self._timer.timeout.connect(self.toast.hide)
        canvas.viewport().installEventFilter(self)
        theme().changed.connect(self._recolour)
        self._recolour()

    def _button(self, name: str, image: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("image", image)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _keys(self, button: QToolButton, name: str, act: Callable[[], None], *keys: str) -> None:
        """An action for what a button does, with keys that work while the canvas is to be seen."""
        action = self._action(name, button.accessibleName(), act, *keys)
        button.clicked.connect(action.trigger)
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{button.toolTip()} ({shown})")

    def _action(self, name: str, text: str, act: Callable[[], None], *keys: str) -> QAction:
        action = QAction(text, self._canvas)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(sequence) for sequence in keys])
        action.triggered.connect(act)
        self._canvas.addAction(action)
        return action

    def _float(self, *buttons: QToolButton) -> QFrame:
        frame = QFrame(self._canvas)
        frame.setProperty("role", "float")
        row = QVBoxLayout(frame)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(1)
        for button in buttons:
            row.addWidget(button)
        return frame

    def say(self, text: str) -> None:
        """Shows a sentence for a few seconds."""
        self.toast.setText(text)
        self.toast.setMaximumWidth(max(160, self._canvas.width() - 60))
        self.toast.adjustSize()
        self.toast.show()
        self.toast.raise_()
        self._place()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False

    def _place(self) -> None:
        # Beside the scroll bars, which come and go.
        area = self._canvas.viewport().geometry()
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        wanted = beside if area.width() >= _ROOM_FOR_WORDS else Qt.ToolButtonStyle.ToolButtonIconOnly
        if self.code.toolButtonStyle() != wanted:
            self.code.setToolButtonStyle(wanted)
        self._top.adjustSize()
        self._bottom.adjustSize()
        self._top.move(area.right() - self._top.width() - _MARGIN, area.top() + _MARGIN)
        bottom = area.bottom() - _MARGIN
        self._bottom.move(area.right() - self._bottom.width() - _MARGIN, bottom - self._bottom.height())
        middle = area.center().x() - self.toast.width() // 2
        self.toast.move(max(area.left() + _MARGIN, middle), bottom - self.toast.height() - 44)

    @Slot()
    def _on_full(self) -> None:
        self._canvas.set_zoom(100)

    @Slot()
    def _recolour(self) -> None:
        for frame in (self._top, self._bottom):
            for button in frame.findChildren(QToolButton):
                name = str(button.property("image"))
                if name:
                    button.setIcon(icon(name, tokens().muted, 16))
