"""The pills that choose data set and device."""

from PySide6.QtCore import QObject, QSignalBlocker

from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_dataset
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Device
from cnnstudio.ui.header import Header
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.workspace import datasets


class TrainingChoices(QObject):
    """Keeps the pills and the document alike."""

    def __init__(self, store: DocumentStore, control: TrainingControl, header: Header) -> None:
        super().__init__(header)
        self._store = store
        self._control = control
        self._data = header.data
        self._device = header.device
        for info in datasets.CATALOGUE:
            self._data.addItem(info.title, info.id)
        self._data.currentIndexChanged.connect(self._choose_data)
        self._device.currentIndexChanged.connect(self._choose_device)
        store.documentChanged.connect(self._show)
        self.show_devices(())
        self._show(store.document)

    def show_devices(self, devices: tuple[Device, ...]) -> None:
        """What the engine found; automatic, until it has told."""
        with QSignalBlocker(self._device):
            self._device.clear()
            best = f" · {devices[0].name.split(' (')[0]}" if devices else ""
            self._device.addItem(self.tr("Auto") + best, "auto")
            for device in devices:
                self._device.addItem(device.name, device.id)
            place = self._device.findData(self._control.device)
            if devices and place < 0:  # it is not in this machine today
                self._control.device = "auto"
            self._device.setCurrentIndex(max(0, place))
        self._device.updateGeometry()

    def _show(self, document: Document) -> None:
        with QSignalBlocker(self._data):
            index = self._data.findData(document.training.dataset)
            if index < 0:
                self._data.addItem(document.training.dataset, document.training.dataset)
                index = self._data.count() - 1
            if index == self._data.currentIndex():
                return
            self._data.setCurrentIndex(index)
        self._data.updateGeometry()
        self._data.update()

    def _choose_data(self, index: int) -> None:
        chosen = self._data.itemData(index)
        if chosen == "folder":
            self._show(self._store.document)
            self._control.choose_folder()
        elif chosen in datasets.DATASET_IDS:
            info = datasets.dataset(chosen)
            text = self.tr("Train on {name}").format(name=info.title)
            self._store.apply(text, with_dataset(self._store.document, info))

    def _choose_device(self, index: int) -> None:
        self._control.choose_device(self._device.itemData(index))
        self._device.updateGeometry()
