"""What hands can do in Train that no button and no menu says."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.gesture import Gesture


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("TrainGestures", text)

    act = Gesture
    return (
        act("curve_plot", tr("Read the values of all curves"), hand=tr("hold the pointer over a plot")),
        act("plot_legend", tr("Hide a curve, or show it again"), hand=tr("click its name above the plot")),
        act("rate_plot", tr("Choose a learning rate"), hand=tr("click the curve of the finder")),
        act("sample_grid", tr("See how many images a class has"), hand=tr("hold the pointer over its row")),
    )
