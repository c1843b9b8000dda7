"""Which image and whose weights the Learn workspace works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.data_place import data_place
from cnnstudio.app.lesson import Subject
from cnnstudio.app.lesson_images import Data, LessonImages
from cnnstudio.app.lesson_weights import LessonWeights, RunWeights, structure
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
        self.images.missed.connect(self.imageChanged)
        self.weights = LessonWeights(self)
        self.weights.found.connect(self._on_runs)
        self._document: Document | None = None
        self._drawn = 0
        self._file: BackgroundCall | None = None
        self._by_hand = False
        """Whether a person chose the weights, so that they are not chosen for them."""
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

        return dataset(self.data.training.dataset).class_names if self.data else ()

    @property
    def data(self) -> Document | None:
        """The document that says whose images these are: that of the run whose weights are used."""
        return self.images.data.document if self.images.data is not None else None

    @property
    def foreign(self) -> bool:
        """Whether the run was trained on another data set than the open document names."""
        ours, theirs = self._document, self.data
        return ours is not None and theirs is not None and ours.training.dataset != theirs.training.dataset

    def show(self, document: Document) -> None:
        """Works on another document, or on the same one changed."""
        before, self._document = self._document, document
        if before is not None and structure(before) != structure(document):
            self.run, self._by_hand = None, False
        other = before is None or before.classes != document.classes
        if self._turn_to_data() or self.chosen is None or other:
            self.draw(0)
            self.images.want(0)
        else:
            self._emit()
        self.weights.look(document)

    def look_for_runs(self) -> None:
        """A training may have ended since; and images may have been downloaded."""
        self.images.ask_again()
        if self._document is not None:
            self.weights.look(self._document)

    def choose_number(self, number: int) -> None:
        """A test image by its number, from 0."""
        self.images.want(number)

    def draw_another(self) -> None:
        """Another drawn shape."""
        self.images.want_none()
        self.draw(self._drawn + 1)

    def draw(self, number: int) -> None:
        """A drawn shape at the network's input size: there at once."""
        from cnnstudio.workspace.datasets.shapes import draw

        if self._document is None or self.data is None:
            return
        import numpy as np

        self._drawn = number
        size, seed = self._document.input, self.data.training.seed
        split = draw(1, size.height, size.width, size.channels, seed=seed + 1000 * number)
        label = int(split.labels[0]) if self._is_shapes() else None
        self._take(Chosen(np.asarray(split.images[0]), "drawn", label, number))

    def open(self, path: Path) -> None:
        """A picture from a file; :attr:`failed` where it is none."""
        if self._document is None or self._file is not None:
            return
        size = self._document.input

        def read() -> Pixels:
            from cnnstudio.workspace.datasets.decode import decode_image

            return decode_image(path, size.height, size.width, size.channels)

        self._file = BackgroundCall(read)
        self._file.setObjectName(path.name)
        self._file.finished.connect(self._on_file)
        self._file.begin()

    def choose_run(self, run: RunWeights | None) -> None:
        """Computes with a run's weights; None: with those before training."""
        self._by_hand = True
        self._use(run)

    def close(self) -> None:
        """Waits for what is under way."""
        self.weights.close()
        if self._file is not None:
            self._file.wait()

    # ---

    def _is_shapes(self) -> bool:
        return self.data is not None and self.data.training.dataset == "shapes"

    def _turn_to_data(self) -> bool:
        """Images and weights come from the same source. Says whether the images are others than before."""
        assert self._document is not None
        run = self.run
        if run is not None and run.trained is not None:
            return self.images.about(Data(run.trained, run.data, run.run))
        place = data_place(self._document)
        return self.images.about(Data(self._document, str(place) if place else None))

    def _use(self, run: RunWeights | None) -> None:
        if run == self.run:
            return
        self.run = run
        chosen = self.chosen
        if self._document is None or not self._turn_to_data() or chosen is None or chosen.kind == "file":
            self._emit()
        elif chosen.kind == "drawn" and chosen.number:
            self.draw(chosen.number)
        else:
            self.draw(0)
            self.images.want(self.images.wanted)

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
        self._use(run)
        self.runsFound.emit()

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
        self.images.want_none()
        self._take(Chosen(call.answer, "file", None, name=name))  # type: ignore[arg-type]

    def _take(self, chosen: Chosen) -> None:
        self.chosen = chosen
        self._emit()  # first, so that nobody tells of this image what was found about the last one
        self.imageChanged.emit()

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
        assert self.data is not None
        mean, std = self.data.training.normalise.mean, self.data.training.normalise.std
        if self.card is not None:
            return mean or self.card.mean, std or self.card.std
        from cnnstudio.workspace.datasets import dataset

        info = dataset(self.data.training.dataset)
        return mean or info.mean, std or info.std
