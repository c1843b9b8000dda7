"""One place for two cards: the data before a run, the filters that it learns once there are some."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.train.data_card import DataSetCard
from cnnstudio.ui.train.empty_state import LEAST_CARD_WIDTH
from cnnstudio.ui.train.filter_card import FilterCard


class LookSlot(QStackedWidget):
    """Changes by itself until the person has chosen."""

    def __init__(self, store: DocumentStore, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(LEAST_CARD_WIDTH)
        self.filters = FilterCard(self)
        self.data = DataSetCard(store, session, self)
        self._chosen = False
        for card in (self.data, self.filters):
            self.addWidget(card)
        to_data = _link("showDataButton", self.tr("Data"), self.tr("Shows the data set"), self)
        to_data.clicked.connect(lambda: self._choose(self.data))
        self.filters.add_to_title(to_data)
        to_filters = _link("showFiltersButton", self.tr("Filters"), self.tr("Shows the filters"), self)
        to_filters.clicked.connect(lambda: self._choose(self.filters))
        self.data.add_to_title(to_filters)

    def show_history(self, history: RunHistory, has_convolution: bool) -> None:
        """The filters of the run, or the data as long as there are none."""
        self.filters.show_history(history, has_convolution)
        if not self._chosen:
            self.setCurrentWidget(self.filters if history.filters else self.data)

    def _choose(self, card: QWidget) -> None:
        self._chosen = True
        self.setCurrentWidget(card)


def _link(name: str, text: str, tip: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setProperty("role", "offer")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
