"""The small button that brings the default of a parameter back."""

from PySide6.QtCore import QCoreApplication, QSize, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from cnnstudio.core.fields import FieldSpec
from cnnstudio.ui.build.words import value_text
from cnnstudio.ui.theme import icon, theme, tokens

_tr = QCoreApplication.translate


class ResetButton(QToolButton):
    """Stands behind the label of a field whose value is not the default."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = _tr("Fields", "Back to the default, {value}").format(value=value_text(spec.default) or "–")
        self.setObjectName(f"fieldReset-{spec.name}")
        self.setAccessibleName(f"{_tr('Block', spec.label)}: {text}")
        self.setToolTip(text)
        self.setProperty("role", "link")
        self.setIconSize(QSize(13, 13))
        self._recolour()
        theme().changed.connect(self._recolour)

    @Slot()
    def _recolour(self) -> None:
        self.setIcon(icon("undo", tokens().muted, 13))
