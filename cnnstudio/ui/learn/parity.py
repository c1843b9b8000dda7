"""How the NumPy engine was checked against PyTorch: by the engine, with this very image and these weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.lesson import Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.app.session import EngineSession
from cnnstudio.core import looks
from cnnstudio.core.messages import Tensor
from cnnstudio.core.requests import CallOff

if TYPE_CHECKING:
    from cnnstudio.numpy_engine.trace import Trace


class Parity(QObject):
    """With a run's weights PyTorch is asked for its probabilities; without, the tests' figure is told."""

    told = Signal(str, str)
    """A line, and a longer explanation."""

    def __init__(self, session: EngineSession | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ticket = 0
        self._trace: Trace | None = None
        if session is not None:
            session.answered.connect(self._hear)

    def ask(self, choice: LessonChoice, subject: Subject, trace: Trace) -> None:
        """Tells what is known at once, and more when PyTorch has answered."""
        self.told.emit(
            self.tr("NumPy engine · equal to PyTorch within 1e-9 in its tests"),
            self.tr(
                "Every block's numbers are compared with PyTorch's in 64-bit arithmetic. With the"
                " weights of a run, PyTorch is asked about this very image."
            ),
        )
        self._trace = trace
        if self._session is None:
            return
        if self._ticket:
            self._session.ask(CallOff(self._ticket))
            self._ticket = 0
        chosen, run = choice.chosen, choice.run
        if run is None or chosen is None:
            return
        pixels = looks.Pixels(Tensor(chosen.pixels.shape, chosen.pixels.tobytes(), "uint8"))
        about = looks.Subject(run=run.run, document=subject.document)
        self._ticket = self._session.ask(looks.Predict(about, pixels))

    @Slot(int, object)
    def _hear(self, ticket: int, message: object) -> None:
        if not ticket or ticket != self._ticket or not isinstance(message, looks.Prediction):
            return
        import numpy as np

        self._ticket = 0
        assert self._trace is not None
        theirs = np.frombuffer(message.probabilities.data, dtype=message.probabilities.dtype)
        ours = self._trace.probabilities[0]
        if theirs.shape != ours.shape:
            return
        most = float(np.abs(theirs - ours).max())
        self.told.emit(
            self.tr("NumPy engine · checked against PyTorch: max difference {number}").format(
                number=f"{most:.1e}"
            ),
            self.tr("The largest difference of a class's probability, for this image and these weights."),
        )
