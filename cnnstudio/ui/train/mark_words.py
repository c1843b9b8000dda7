"""What happened in a run, in words: short ones for the plot, whole ones under the pointer."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.app.run_history import Happening, Mark


def mark_label(mark: Mark) -> str:
    """A word at the line; empty for what needs none."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Marks", text)

    words: dict[Happening, str] = {
        "rate": tr("lr {value}"),
        "epochs": tr("{value} epochs"),
        "paused": "",
        "continued": tr("continued"),
        "early": tr("stopped early"),
    }
    return words[mark.kind].format(value=f"{mark.value:g}")


def mark_text(mark: Mark) -> str:
    """A sentence about it."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Marks", text)

    words: dict[Happening, str] = {
        "rate": tr("learning rate set to {value}"),
        "epochs": tr("epochs set to {value}"),
        "paused": tr("paused"),
        "continued": tr("continued from a checkpoint"),
        "early": tr("ended by early stopping"),
    }
    return words[mark.kind].format(value=f"{mark.value:g}")
