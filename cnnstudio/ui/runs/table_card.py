"""The card with the table of runs: search, what can be done, and how repeats are getting on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.runs.actions import RunActions
from cnnstudio.ui.runs.gestures import FILTER, LEAVE_FILTER
from cnnstudio.ui.runs.model import RunModel
from cnnstudio.ui.runs.proxy import RunProxy
from cnnstudio.ui.runs.table import RunTable
from cnnstudio.ui.theme import icon, theme, tokens

EXPORTS = (
    "exportRunMetricsAction",
    "exportRunTensorBoardAction",
    "exportRunSourceAction",
    "exportRunWeightsAction",
)
_NARROW = 1020


class TableCard(QFrame):
    """Shows the runs; what is done with them is the actions' part."""

    calledOff = Signal()
    """The person wants no more repeats."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runTableCard")
        self.setProperty("role", "card")
        self.model = RunModel(self)
        self.proxy = RunProxy(self.model, self)
        self.table = RunTable(self.model, self.proxy, self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.count = QLabel(self)
        self.count.setObjectName("runCount")
        self.count.setProperty("role", "muted")
        self.filter = self._make_filter()
        self._queue = QLabel(self)
        self._queue.setObjectName("runQueueText")
        self._queue.setProperty("role", "small")
        self._call_off = QPushButton(self.tr("No more repeats"), self)
        self._call_off.setObjectName("runCallOff")
        self._call_off.setAccessibleName(self._call_off.text())
        self._call_off.setToolTip(self.tr("Those that have not begun are not trained"))
        self._call_off.setProperty("role", "small")
        self._call_off.clicked.connect(self.calledOff)
        self._buttons: list[tuple[QPushButton | QToolButton, QAction]] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(7)
        title = QLabel(self.tr("Runs"), self)
        title.setStyleSheet("font-weight: 600;")
        for widget in (title, self.count, self._queue, self._call_off):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.filter, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 2)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 9, 0)
        top.addLayout(self._row)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        self._none = self._make_none_fits()
        QShortcut(FILTER, self, self._to_filter)
        leave = QShortcut(QKeySequence(LEAVE_FILTER), self.filter, self._leave_filter)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.show_queue(0, 0)
        theme().changed.connect(self._paint)
        # The proxy's rows go before those of the model.
        for model in (self.model, self.proxy):
            for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
                signal.connect(self._tell_count)
        self._tell_count()

    def _make_filter(self) -> QLineEdit:
        made = QLineEdit(self)
        made.setObjectName("runFilter")
        made.setAccessibleName(self.tr("Filter runs"))
        made.setPlaceholderText(self.tr("Filter: words, tag:baseline, status:failed"))
        made.setProperty("role", "search")
        made.setToolTip(self.tr("Every word must be found; Esc shows all runs again"))
        made.setMaximumWidth(330)
        made.textChanged.connect(self._on_filter)
        return made

    def _make_none_fits(self) -> QLabel:
        """Stands in the empty table."""
        made = QLabel(self.tr("No run fits the filter. Esc shows all runs again."), self.table.viewport())
        made.setObjectName("runNoneFits")
        made.setProperty("role", "muted")
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = QVBoxLayout(self.table.viewport())
        middle.addWidget(made)
        return made

    def add_actions(self, actions: RunActions) -> None:
        """Buttons, and the menu of a run."""
        self._actions = actions
        self._add(actions["runOpenAction"], "runOpenButton", self.tr("Open"))
        self._add(actions["runInspectAction"], "runInspectButton")
        self._add(actions["runContinueAction"], "runContinueButton", self.tr("Continue…"))
        self._add(actions["runRepeatAction"], "runRepeatButton", self.tr("Repeat…"))
        export = QPushButton(self.tr("Export ▾"), self)
        export.setObjectName("runExportButton")
        export.setAccessibleName(self.tr("Export runs"))
        menu = QMenu(export)
        menu.setObjectName("runExportMenu")
        menu.addActions([actions[name] for name in EXPORTS])
        export.setMenu(menu)
        self._row.addWidget(export)
        self._add(actions["runDeleteAction"], "runDeleteButton")
        columns = QToolButton(self)
        columns.setObjectName("runColumnsButton")
        columns.setText("⋯")
        columns.setAccessibleName(self.tr("Columns"))
        columns.setToolTip(self.tr("Choose the columns"))
        columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._columns = QMenu(columns)
        self._columns.setObjectName("runColumnsMenu")
        self._columns.aboutToShow.connect(partial(self.table.fill_column_menu, self._columns))
        columns.setMenu(self._columns)
        self._row.addWidget(columns)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._paint()

    def show_queue(self, number: int, total: int) -> None:
        """Which of the repeats is being trained."""
        waiting = total > 0 and number < total
        self._queue.setText(self.tr("· repeat {number} of {total}").format(number=number, total=total))
        self._queue.setVisible(total > 0)
        self._call_off.setVisible(waiting)

    def _add(self, action: QAction, name: str, text: str = "") -> None:
        button: QPushButton | QToolButton = QPushButton(text, self) if text else QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(action.text().rstrip("…"))
        button.setToolTip(action.toolTip())
        button.setIconSize(QSize(15, 15))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        self._buttons.append((button, action))
        self._row.addWidget(button)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        if not self.table.indexAt(place).isValid():
            return
        menu = QMenu(self)
        menu.setObjectName("runMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._actions.all():
            if action.objectName() in (EXPORTS[0], "runTagsAction", "runDeleteAction"):
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        self.proxy.search(text)
        self._tell_count()

    @Slot()
    def _to_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    @Slot()
    def _leave_filter(self) -> None:
        self.filter.clear()
        self.table.setFocus()

    @Slot()
    def _tell_count(self) -> None:
        total = sum(1 for item in self.model.items if not item.members)
        self._none.setVisible(total > 0 and not self.proxy.rowCount())
        if not self.filter.text().strip():
            self.count.setText(str(total) if total else "")
            return
        rows = (self.proxy.item(self.proxy.index(row, 0)) for row in range(self.proxy.rowCount()))
        shown = len({path for item in rows for path in item.paths})
        self.count.setText(self.tr("{shown} of {total}").format(shown=shown, total=total))

    def _paint(self) -> None:
        t = tokens()
        for button, action in self._buttons:
            if isinstance(button, QToolButton):
                name = "trash" if action.objectName() == "runDeleteAction" else ""
                button.setIcon(icon(name, t.muted, 15) if name else action.icon())
