"""All settings survive a file, and no others are taken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnstudio.blocks  # noqa: F401
from cnnstudio.core.document import Document, InputSize
from cnnstudio.core.fileformat import FileError, read_document, write_document
from cnnstudio.core.training import TrainingSettings

shares = st.floats(0.01, 0.99)
any_settings = st.fixed_dictionaries(
    {},
    optional={
        "dataset": st.sampled_from(["mnist", "folder"]),
        "epochs": st.integers(1, 100_000),
        "batch_size": st.integers(1, 65_536),
        "optimizer": st.fixed_dictionaries(
            {}, optional={"name": st.sampled_from(["Adam", "SGD"]), "lr": shares}
        ),
        "schedule": st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["constant", "step", "cosine", "one-cycle", "plateau"]),
                "warmup": st.integers(0, 100_000),
                "patience": st.integers(1, 100_000),
                "gamma": shares,
                "rise": shares,
            },
        ),
        "augment": st.fixed_dictionaries(
            {},
            optional={
                "flip": st.booleans(),
                "rotation": st.floats(0, 180),
                "brightness": shares,
                "contrast": shares,
                "saturation": shares,
                "erasing": shares,
                "cutout": st.integers(0, 1024),
            },
        ),
        "validation": st.fixed_dictionaries(
            {}, optional={"name": st.sampled_from(["test", "split"]), "fraction": shares}
        ),
        "early_stopping": st.fixed_dictionaries(
            {}, optional={"patience": st.integers(0, 100_000), "restore_best": st.booleans()}
        ),
        "label_smoothing": shares,
        "clip_norm": st.floats(0, 1e30),
        "precision": st.sampled_from(["auto", "float32", "mixed"]),
        "compile": st.booleans(),
        "seed": st.integers(0, 2**31 - 1),
    },
)


def in_a_file(settings: TrainingSettings) -> str:
    return write_document(Document(InputSize(8, 8, 1), 2, training=settings))


@given(any_settings)
def test_settings_survive_a_file(values: dict[str, Any]) -> None:
    settings = TrainingSettings.model_validate(values)
    text = in_a_file(settings)
    assert read_document(text, "x.cnn.json").training == settings
    assert in_a_file(read_document(text, "x.cnn.json").training) == text


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (("schedule", "warm_up"), 1, "training.schedule.warm_up"),
        (("schedule", "warmup"), -1, "training.schedule.warmup"),
        (("schedule", "rise"), 1.0, "training.schedule.rise"),
        (("schedule", "name"), "exponential", "training.schedule.name"),
        (("validation", "fraction"), 0, "training.validation.fraction"),
        (("early_stopping", "patience"), 1.5, "training.early_stopping.patience"),
        (("early_stopping", "min_delta"), 0.1, "training.early_stopping.min_delta"),
        (("precision",), "half", "training.precision"),
        (("clip_norm",), -1, "training.clip_norm"),
        (("label_smoothing",), 2, "training.label_smoothing"),
        (("patience",), 3, "training.patience"),
    ],
)
def test_what_is_unknown_or_out_of_range_is_named(
    place: tuple[str, ...], value: object, sentence: str
) -> None:
    values = json.loads(in_a_file(TrainingSettings()))
    target = values["training"]
    for name in place[:-1]:
        target = target.setdefault(name, {})
    target[place[-1]] = value
    with pytest.raises(FileError, match=sentence):
        read_document(json.dumps(values), "x.cnn.json")
