"""Which image and whose weights the Learn workspace works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.lesson import Subject
from cnnstudio.app.lesson_images import LessonImages
from cnnstudio.app.lesson_weights import LessonWeights, RunWeights
from cnnstudio.app.session import EngineSession
from cnnstudio.core.document import Document
from cnnstudio.core.messages import DataCard

if TYPE_CHECKING:
    from cnnstudio.app.pixels import Pixels
    from cnnstudio.numpy_engine.layer import Array

_COMPANIONS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """An image as it is seen (H, W, C), where it is from, and its class where that is known."""

    pixels: Pixels
    kind: Literal["test", "drawn", "file"]
    label: int | None
    number: int = 0
    name: str = ""


class LessonChoice(QObject):
    """Puts image and weights together; :attr:`subject` tells when one of them is another."""

    subject = Signal(object)
    imageChanged = Signal()
    runsFound = Signal()
    failed = Signal(str)

    def __init__(self, session: EngineSession | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.images = LessonImages(session, self)
        self.images.came.connect(self._on_image)
        self.images.told.connect(self._on_data)
        self.weights = LessonWeights(self)
        self.weights.found.connect(self._on_runs)
        self._document: Document | None = None
        self._drawn = 0
        self._file: BackgroundCall | None = None
        self._by_hand = False
        """Whether a person chose the weights, so that they are not chosen for them."""
        self._runs_known = False
        self.chosen: Chosen | None = None
        self.run: RunWeights | None = None
        self.runs: tuple[RunWeights, ...] = ()

    @property
    def card(self) -> DataCard | None:
        """What is known of the data set."""
        return self.images.card

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the data set."""
        if self.card is not None:
            return self.card.class_names
        from cnnstudio.workspace.datasets import dataset

        return dataset(self._document.training.dataset).class_names if self._document else ()

    def show(self, document: Document) -> None:
        """Works on another document, or on the same one changed."""
        before, self._document = self._document, document
        other = before is None or before.input != document.input or before.classes != document.classes
        dataset_changed = before is not None and before.training.dataset != document.training.dataset
        if self.chosen is None or other or dataset_changed:
            self.images.about(document)
            self.draw(0)
            self.images.want(0)
        else:
            self._emit()
        self._runs_known = False
        self.weights.look(document)

    def look_for_runs(self) -> None:
        """A training may have ended since."""
        if self._document is not None:
            self.weights.look(self._document)

    def choose_number(self, number: int) -> None:
        """A test image by its number, from 0."""
        self.images.want(number)

    def draw_another(self) -> None:
        """Another drawn shape."""
        self.draw(self._drawn + 1)

    def draw(self, number: int) -> None:
        """A drawn shape at the network's input size: there at once."""
        from cnnstudio.workspace.datasets.shapes import draw

        if self._document is None:
            return
        import numpy as np

        self._drawn = number
        size = self._document.input
        split = draw(
            1, size.height, size.width, size.channels, seed=self._document.training.seed + 1000 * number
        )
        label = int(split.labels[0]) if self._is_shapes() else None
        self._take(Chosen(np.asarray(split.images[0]), "drawn", label, number))

    def open(self, path: Path) -> None:
        """A picture from a file; :attr:`failed` where it is none."""
        if self._document is None or self._file is not None:
            return
        size = self._document.input

        def read() -> Pixels:
            import numpy as np
            from PIL import Image

            from cnnstudio.app.pixels import fitted

            with Image.open(path) as image:
                return fitted(np.asarray(image.convert("RGB")), size)

        self._file = BackgroundCall(read)
        self._file.setObjectName(path.name)
        self._file.finished.connect(self._on_file)
        self._file.begin()

    def choose_run(self, run: RunWeights | None) -> None:
        """Computes with a run's weights; None: with those before training."""
        self._by_hand = True
        if run != self.run:
            self.run = run
            self._emit()

    def close(self) -> None:
        """Waits for what is under way."""
        self.weights.close()
        if self._file is not None:
            self._file.wait()

    # ---

    def _is_shapes(self) -> bool:
        return self._document is not None and self._document.training.dataset == "shapes"

    @Slot(int, object, object)
    def _on_image(self, number: int, pixels: Pixels, label: int | None) -> None:
        from cnnstudio.app.pixels import fitted

        if self._document is not None:
            self._take(Chosen(fitted(pixels, self._document.input), "test", label, number))

    @Slot()
    def _on_data(self) -> None:
        self._emit()  # its mean and deviation are known now

    @Slot(object)
    def _on_runs(self, runs: tuple[RunWeights, ...]) -> None:
        self.runs = runs
        kept = next((run for run in runs if self.run is not None and run.path == self.run.path), None)
        run = kept if self._by_hand or not runs else runs[0]
        self._runs_known = True
        changed, self.run = run != self.run, run
        self.runsFound.emit()
        if changed:
            self._emit()

    @Slot()
    def _on_file(self) -> None:
        call, self._file = self._file, None
        if call is None:
            return
        name = call.objectName()
        if call.error is not None:
            text = self.tr("{name} is no picture that can be read ({reason}): choose a PNG or JPEG file.")
            self.failed.emit(text.format(name=name, reason=call.error))
            return
        self._take(Chosen(call.answer, "file", None, name=name))  # type: ignore[arg-type]

    def _take(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self.imageChanged.emit()
        self._emit()

    def _emit(self) -> None:
        if self._document is None or self.chosen is None:
            return
        from cnnstudio.app.pixels import normalised

        mean, std = self._moments()
        image = normalised(self.chosen.pixels, mean, std)
        label = (self.chosen.label or 0) % self._document.classes
        weights = self.run.path if self.run else None
        known, others = self.chosen.label is not None, self._companions(mean, std)
        self.subject.emit(Subject(self._document, image, label, weights, known, others))

    def _companions(self, mean: tuple[float, ...], std: tuple[float, ...]) -> Array | None:
        """Training images that make a batch with the image."""
        if self.card is None or not self.card.sample_labels or self._document is None:
            return None
        import numpy as np

        from cnnstudio.app.pixels import fitted, normalised

        pixels = np.frombuffer(self.card.samples.data, dtype=np.uint8).reshape(self.card.samples.shape)
        size = self._document.input
        return np.stack([normalised(fitted(one, size), mean, std) for one in pixels[:_COMPANIONS]])

    def _moments(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Mean and deviation as training takes them; those of the data set where nothing else is said."""
        assert self._document is not None
        settings = self._document.training.normalise
        mean, std = (self.run.mean, self.run.std) if self.run else (settings.mean, settings.std)
        if self.card is not None:
            return mean or self.card.mean, std or self.card.std
        from cnnstudio.workspace.datasets import dataset

        info = dataset(self._document.training.dataset)
        return mean or info.mean, std or info.std
