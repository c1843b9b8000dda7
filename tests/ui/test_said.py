"""What the core says is translated through and through where the window shows it."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import DocumentStore
from cnnstudio.cli.strings import hidden_texts
from cnnstudio.core.block import Layer
from cnnstudio.core.difference import difference
from cnnstudio.core.doctor import Case, advise, case_of
from cnnstudio.core.doctor.remedies import settings
from cnnstudio.core.document import InputSize, walk
from cnnstudio.core.fields import describe
from cnnstudio.core.fixes import fixes
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.core.infer import infer
from cnnstudio.core.registry import block_type, block_types
from cnnstudio.core.training import TrainingSettings
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.problem_list import ProblemList
from cnnstudio.ui.build.say import (
    block_help,
    block_name,
    block_title,
    details,
    fix_label,
    phrase,
    phrases,
    sentence_about,
    stack_label,
)
from cnnstudio.ui.doctor_words import advice_text, remedy_changes, remedy_label
from cnnstudio.ui.said import word
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs.compare import settings_of
from tests.blocks.test_cards import CARDS, DERIVED
from tests.core.doctor.patients import SMALL, conv, linear, network
from tests.core.doctor.test_thresholds import DOCUMENT, epochs, layers, looked, stepping, steps
from tests.core.test_problems import FAULTY
from tests.core.test_problems import network as faulty

HIDDEN = frozenset(hidden_texts())
TOLD = {about: {text for context, text in HIDDEN if context == about} for about in ("Fault", "Fix", "Doctor")}
NAMED = re.compile(r"\{\w+\}")


class Bars(QTranslator):
    """A language of bars: letters of what translators get, except for the fields, become ``|``."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:  # type: ignore[override]
        if (context, text) not in HIDDEN:
            return text
        fields = NAMED.findall(text)
        between = [re.sub(r"[A-Za-z]", "|", part) for part in NAMED.split(text)]
        return "".join(a + b for a, b in zip(between, [*fields, ""], strict=True))

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def bars(qapp: QApplication) -> Iterator[None]:
    translator = Bars()
    assert qapp.installTranslator(translator)
    yield
    assert qapp.removeTranslator(translator)


def in_english(text: str) -> list[str]:
    """Words that are left, but for the names of modules."""
    return re.findall(r"(?!conv\d)\b[A-Za-z]{2,}", text)


def test_problems_and_ways_out_are_translated_throughout(bars: None) -> None:
    for body, sentence, offered in FAULTY:
        found = infer(faulty(body))
        problem = found.problems[0]
        said = sentence_about(found.document, problem)
        assert in_english(said) == [], sentence
        assert [in_english(fix_label(fix)) for fix in fixes(found, problem)] == [[]] * len(offered), offered


def test_every_fault_and_every_way_out_has_been_heard() -> None:
    """What is not among the networks above would not have been tried."""
    found = [infer(faulty(body)) for body, _, _ in FAULTY]
    faults = {problem.fault.text for one in found for problem in one.problems}
    ways = {fix.text for one in found for problem in one.problems for fix in fixes(one, problem)}
    own = {"The network", "{block} {problem}", "{problem}."}
    assert TOLD["Fault"] - own == faults
    assert TOLD["Fix"] <= ways


def test_the_list_of_problems_shows_no_english(qtbot: QtBot, bars: None) -> None:
    store = DocumentStore()
    panel = ProblemList(store)
    qtbot.addWidget(panel)
    store.load(faulty('{"block": "Conv2d", "out_channels": 8}, {"block": "Linear"}'))
    row = panel.findChild(QFrame, "problem-b2")
    assert row is not None
    shown = [label.text() for label in row.findChildren(QLabel)]
    shown += [button.text() for button in row.findChildren(QPushButton)]
    assert "|||||| ||||| | |||| |||||, ||| 30×30×8." in shown
    assert "|||||| |||||||   30×30×8 → 7200" in shown
    assert [in_english(text) for text in shown] == [[]] * len(shown)


def relus(*dead: float) -> Case:
    return looked(*(BlockHealth(f"{i}", "", "ReLU", dead=share) for i, share in enumerate(dead)))


def deep(activation: str, *more: str, last: float = 1.0) -> Case:
    """A network of so many convolutions that depth counts, with gradients lost on their way."""
    document = network(*[conv(8), f'"block": "{activation}"'] * 8, *more, '"block": "Flatten"', linear())
    nodes = [node for node in walk(document.body) if type(node.block).__name__ == "Conv2d"]
    blocks = [
        BlockHealth("", node.id, "Conv2d", weights=100, gradient_norm=norm, activation_std=spread)
        for node, norm, spread in zip(
            nodes, [1e-4, 1e-4, *[1.0] * 6], [1.0, *[0.5] * 5, last, 1.0], strict=True
        )
    ]
    return case_of(document, health=[Health(1, 10, 64, 1.0, 0.01, tuple(blocks))])


SATURATED = Histogram(-1.0, 1.0, (50, *[0] * 18, 50))
TANH = network('"block": "Tanh"', *SMALL)
SOFTMAX = network(*SMALL, '"block": "Softmax"')
SKIPS = '"block": "Residual", "body": []'
TWO_HUNDRED = epochs([1.0, 0.9, 0.8, 0.7], [1.0, 0.5, 0.9, 0.9])
AT_FIRST = Health(0, 1, 64, float("inf"), 0.1, (BlockHealth("", "b1", "Conv2d", 1.0, 1.0, weights=9),))
PATIENTS = (
    case_of(SOFTMAX),
    case_of(SOFTMAX, epochs=epochs([1.3, float("nan")])),
    case_of(DOCUMENT, diverged=True),
    replace(stepping(0.5, [1.0]), diverged=True),
    steps(1.0, (15, 1.0), (4, 1.25)),
    steps(1.386, (1, 4.2), (18, 1.25)),
    case_of(DOCUMENT, epochs=epochs([0.5, 1.0])),
    stepping(0.21, [1.0, 0.5]),
    layers(2, gradient_norm=[80.0, 61.0]),
    relus(0.9),
    relus(0.9, 0.8),
    relus(0.9, 0.8, 0.7),
    deep("Tanh", last=0.01),
    deep("ReLU"),
    deep("Tanh", SKIPS),
    case_of(
        TANH, health=[Health(1, 10, 64, 1.0, 0.1, (BlockHealth("1", "b1", "Tanh", activations=SATURATED),))]
    ),
    stepping(0.9e-5, [1.0, 0.951]),
    case_of(DOCUMENT, epochs=epochs([1.4] * 3, accuracy=0.25)),
    case_of(DOCUMENT, epochs=TWO_HUNDRED),
    case_of(DOCUMENT, epochs=[replace(one, val_split="validation") for one in TWO_HUNDRED]),
    case_of(network(*SMALL, normalise__mean=(0.25,), normalise__std=(5.0,))),
    case_of(DOCUMENT, class_counts=(1000, 500, 100)),
)
"""Every illness, and every way to speak of it."""


def test_advice_is_translated_throughout(bars: None) -> None:
    heard: set[str] = set()
    for patient in PATIENTS:
        for advice in advise(patient):
            heard |= {advice.text, advice.then}
            assert in_english(advice_text(advice)) == [], advice
    sentences = {text for text in TOLD["Doctor"] if text.endswith(".")}
    assert sentences == heard - {""}, "each that there is has been tried"


def test_what_is_offered_against_it_is_translated_throughout(bars: None) -> None:
    remedies = [remedy for patient in PATIENTS for one in advise(patient) for remedy in one.remedies]
    two = settings(PATIENTS[0], optimizer__lr=0.5, clip_norm=1.0)
    assert two is not None
    for remedy in (*remedies, two):
        assert in_english(remedy_label(remedy)) == [], remedy.text
        assert in_english(remedy_changes(remedy)) == [], remedy.text
    offers = {text for text in TOLD["Doctor"] if text.split()[0] in ("Set", "Insert", "Replace", "Wrap")}
    assert offers == {remedy.text for remedy in (*remedies, two)} - {"Remove {block}"}


def test_cards_and_derivations_are_translated(bars: None) -> None:
    for kind, values, _ in CARDS:
        block = block_type(kind).model_validate(values)
        if kind not in ("Group", "Residual"):  # a name that somebody gave, and a formula
            assert in_english(block_name(block)) == in_english(phrase(block.brief())) == [], kind
        assert in_english(details(block)) == [], kind
    for kind, x, _ in DERIVED:
        layer = block_type(kind)()
        assert isinstance(layer, Layer)
        assert in_english(phrases(layer.derivation(x))) == [], kind
    pool = block_type("MaxPool2d").model_validate({"kernel_size": (2, 1), "stride": 3, "ceil_mode": True})
    assert isinstance(pool, Layer)
    assert "starts in the padding" in " ".join(map(str, pool.derivation((1, 6, 6))))
    assert in_english(phrases(pool.derivation((1, 6, 6)))) == []


def test_what_a_field_expects_and_what_runs_differ_in_is_translated(bars: None) -> None:
    fields = [field for kind in block_types() for field in kind.fields()]
    for field in (*fields, *describe(TrainingSettings)):
        expected = in_english(phrase(field.expectation()))
        assert expected == [one for choice in field.choices for one in in_english(choice)], field.name
    other = replace(DOCUMENT, classes=7, input=InputSize(9, 9, 3))
    for change in difference(DOCUMENT, other).fields:
        assert in_english(QCoreApplication.translate("Block", change.label)) == []
    for setting in settings_of(TrainingSettings()):
        assert in_english(word(setting.label)) == in_english(word(setting.group)) == [], setting.path


def test_an_edit_that_is_refused_says_so_in_the_persons_language(qtbot: QtBot, bars: None) -> None:
    store = DocumentStore()
    store.load(DOCUMENT)
    build = BuildWorkspace(store)
    qtbot.addWidget(build)
    store.select(("b1", "b3"))
    refused: list[str] = []
    build.edit_actions.refused.connect(refused.append)
    wrap = build.findChild(QAction, "wrapGroupAction")
    assert wrap is not None
    wrap.trigger()
    assert [in_english(sentence) for sentence in refused] == [[]]


def test_the_words_of_every_block_are_translated(bars: None) -> None:
    for kind in block_types():
        assert in_english(block_title(kind)) == in_english(block_help(kind)) == []
    for preset in ("resnet18", "googlenet"):
        for node in walk(load_preset(preset).body):
            for number in range(len(node.stacks)):
                assert in_english(stack_label(node.block.stack_label(number))) == []  # type: ignore[attr-defined]
