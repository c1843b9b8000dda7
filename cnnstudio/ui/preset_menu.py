"""The menu of networks that ship with the program."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

from cnnstudio.core.quantity import short
from cnnstudio.core.shape import shape_text

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "First steps",
        (
            "cifar10-first-cnn",
            "mnist-five-layer-cnn",
            "mnist-simpleconvnet",
            "fashion-dnn",
            "fashion-dnn-dropout",
        ),
    ),
    (
        "Train on a laptop",
        ("cifar10-resnet", "alexnet-cifar", "vgg16-cifar", "googlenet-cifar", "cifar10-resnet110"),
    ),
    ("Classics", ("alexnet", "alexnet-2012", "vgg16", "vgg19", "googlenet")),
    ("ResNets", ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")),
)
# What lupdate finds of the table above.
_tr = QCoreApplication.translate
_HEADINGS = lambda: {  # noqa: E731
    "First steps": _tr("PresetMenu", "First steps"),
    "Train on a laptop": _tr("PresetMenu", "Train on a laptop"),
    "Classics": _tr("PresetMenu", "Classics"),
    "ResNets": _tr("PresetMenu", "ResNets"),
    "More": _tr("PresetMenu", "More"),
}


def grouped_presets() -> list[tuple[str, list[str]]]:
    """The presets that are there by group: headings with ids; what no group names comes last."""
    from cnnstudio.workspace.presets import preset_ids

    left, found = list(preset_ids()), []
    for heading, ids in (*_GROUPS, ("More", tuple(left))):
        here = [preset for preset in ids if preset in left]
        if here:
            left = [preset for preset in left if preset not in here]
            found.append((_HEADINGS()[heading], here))
    return found


class PresetMenu(QMenu):
    """Lists the presets by group with their input and number of parameters; read when first opened."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presetMenu")
        self.setAccessibleName(self.tr("Presets"))
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self._filled = False

    def fill(self) -> None:
        """Reads the presets, once."""
        if self._filled:
            return
        self._filled = True
        for heading, presets in grouped_presets():
            self._add_heading(heading)
            for preset in presets:
                self._add(preset)

    def _add(self, preset: str) -> None:
        from cnnstudio.core.infer import infer
        from cnnstudio.workspace.errors import PresetError
        from cnnstudio.workspace.presets import load_preset

        try:
            document = load_preset(preset)
        except PresetError as error:
            action = QAction(f"{preset}", self)
            action.setEnabled(False)
            action.setToolTip(str(error))
            self.addAction(action)
            return
        costs = f"{shape_text(document.input.shape)} · {short(infer(document).params)}"
        action = QAction(f"{document.name}\t{costs}", self)
        action.setObjectName(f"preset-{preset}")
        action.setData(preset)
        action.setToolTip("\n".join(filter(None, (document.summary, document.source))))
        action.triggered.connect(lambda: self.picked.emit(preset))
        self.addAction(action)

    def _add_heading(self, text: str) -> None:
        label = QLabel(text.upper(), self)
        label.setProperty("role", "heading")
        label.setContentsMargins(12, 8, 12, 3)
        action = QWidgetAction(self)
        action.setDefaultWidget(label)
        action.setEnabled(False)
        self.addAction(action)
