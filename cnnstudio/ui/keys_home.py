"""The bars around a workspace leave the keys to it: a click on a button there is no wish to type there."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

_REASON = Qt.FocusReason


class KeysHome(QObject):
    """Gives the focus back after clicks in some bars, and when what had it there goes away.

    A button that is clicked takes the focus for a moment, so that a number that is being typed is taken
    over; then Delete and the arrows are the workspace's again. One that keys have reached keeps it.

    Args:
        page: the workspace that is shown.
        parent: what owns this.
    """

    def __init__(self, page: Callable[[], QWidget | None], parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._bars: list[QWidget] = []
        self._panels: list[QWidget] = []
        self._by_click = False

    def watch(self, *bars: QWidget) -> None:
        """From now on these, and what is or will be inside them."""
        for bar in bars:
            self._bars.append(bar)
            self._watch_inside(bar)

    def watch_what_goes(self, *panels: QWidget) -> None:
        """From now on the focus comes home from what goes away in these; clicks are theirs."""
        for panel in panels:
            self._panels.append(panel)
            self._watch_inside(panel)

    def _watch_inside(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not child.isWindow():
                self._watch_inside(child)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
            child = event.child()
            if isinstance(child, QWidget) and not child.isWindow():
                self._watch_inside(child)
        elif kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._on_focus(event.reason())
        elif kind == QEvent.Type.MouseButtonRelease:
            self._bring_home_soon()  # and not before: a button that loses the focus is not clicked
        elif kind == QEvent.Type.Hide and isinstance(watched, QWidget):
            self._leave(watched)
        return False

    def _on_focus(self, reason: Qt.FocusReason) -> None:
        if reason == _REASON.PopupFocusReason:  # a menu has closed
            self._bring_home_soon()
        elif reason != _REASON.ActiveWindowFocusReason:
            self._by_click = reason == _REASON.MouseFocusReason

    def _bring_home_soon(self) -> None:
        if self._by_click:
            QTimer.singleShot(0, self, self._bring_home)

    @Slot()
    def _bring_home(self) -> None:
        self._bring_from(self._bars)

    @Slot()
    def _bring_from_all(self) -> None:
        self._bring_from((*self._bars, *self._panels))

    def _bring_from(self, places: Iterable[QWidget]) -> None:
        page = self._page()
        focused = None if page is None else focused_in(page.window())
        if page is None or focused is None:
            return
        if any(place.isAncestorOf(focused) for place in places):
            _give_focus(page)

    def _leave(self, widget: QWidget) -> None:
        """Else Qt gives the focus to the next button in the bar, whatever that does."""
        focused, page = focused_in(widget.window()), self._page()
        if page is not None and focused is not None and (focused is widget or widget.isAncestorOf(focused)):
            _give_focus(page)
            QTimer.singleShot(0, self, self._bring_from_all)  # a stack gives it to its next page


def _give_focus(page: QWidget) -> None:
    """To its ``home`` where it has one, else to what had it there last."""
    home: QWidget | None = getattr(page, "home", None)
    (home or focused_in(page) or page).setFocus()


def focused_in(widget: QWidget) -> QWidget | None:
    """What has the focus inside it, or had it last; Qt's annotations forget that there may be nothing."""
    return widget.focusWidget()
