"""Translators get every text: lupdate finds, in the file that is written for it, what it would miss."""

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cnnstudio.cli.strings import as_python, hidden_texts, main, texts_of
from cnnstudio.cli.templates import templates_of
from cnnstudio.workspace.tours import tours

LUPDATE = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def hidden() -> set[tuple[str, str]]:
    return set(hidden_texts())


def test_every_text_of_every_tour_is_there(hidden: set[tuple[str, str]]) -> None:
    told = {text for context, text in hidden if context == "Tours"}
    wanted = {text for tour in tours() for text in (tour.title, *(step.text for step in tour.steps))}
    assert len(wanted) > 50
    assert told == wanted


def test_explanations_and_blocks_are_there(hidden: set[tuple[str, str]]) -> None:
    assert ("LearnConv2d", "The window slides") in hidden
    assert ("LearnRepeat", "repetition {number}") in hidden
    assert ("Block", "Batch norm") in hidden
    assert ("Block", "Padding") in hidden


def test_the_doctors_buttons_and_the_settings_they_name_are_there(hidden: set[tuple[str, str]]) -> None:
    assert ("Doctor", "Set {setting} to {value}") in hidden
    assert ("Doctor", "Set {setting} and {other} to {value}") in hidden
    assert ("Doctor", "Insert Batch norm behind {count} convolutions") in hidden
    assert ("Doctor", "the data set's") in hidden
    assert ("Settings", "Learning rate") in hidden
    assert ("Settings", "Clip gradients") in hidden


NAMED = """
def {name}(text):
    return QCoreApplication.translate("C", text)
"""
INSIDE = """
class A:
    def f(self):
        def tr(text):
            return QCoreApplication.translate("C", text)
        return tr("a " "b")
"""


@pytest.mark.parametrize(
    "source",
    [
        NAMED.format(name="_tr") + '_tr("a b")',
        NAMED.format(name="say") + 'self.say("a b")',
        '_tr = QCoreApplication.translate\nx = _tr("C", "a b")',
        INSIDE,
    ],
)
def test_all_ways_to_fill_a_context_in_are_known(source: str) -> None:
    assert list(texts_of(source)) == [("C", "a b")]


@pytest.mark.parametrize("call", ["tr(name)", 'other("a")', '"x".translate(table)'])
def test_what_is_no_text_is_left_alone(call: str) -> None:
    assert list(texts_of(NAMED.format(name="tr") + call)) == []


@pytest.mark.parametrize(
    "source",
    [
        'raise Fault("a", got=1)',
        'TEXT = "a"\ndef f():\n    return Fault(TEXT)',
        'def f(many):\n    text = "a"\n    return Fault(text)\ndef g():\n    text = f"{1}"',
    ],
)
def test_templates_of_the_core_are_found_by_who_takes_them(source: str) -> None:
    assert list(templates_of(source)) == [("Fault", "a")]


def test_both_sentences_of_advice_are_found() -> None:
    source = 'then = "" if one else "b"\nAdvice(RULE, "harm", "a", {}, None, 0, (), SOURCE, then)'
    assert list(templates_of(source)) == [("Doctor", "a"), ("Doctor", "b")]


@pytest.mark.parametrize(
    "source",
    ['Fault(f"needs {got}")', 'Fault("a" + b)', 'text = "a"\ntext += "b"\nFault(text)'],
)
def test_text_that_is_put_together_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="put together"):
        list(templates_of(source))


@pytest.mark.skipif(LUPDATE is None, reason="lupdate comes with PySide6's wheels only")
def test_lupdate_reads_what_is_written(tmp_path: Path, hidden: set[tuple[str, str]]) -> None:
    assert LUPDATE is not None
    source, target = tmp_path / "made" / "strings.py", tmp_path / "all.ts"
    assert main([str(source)]) == 0
    subprocess.run([LUPDATE, str(source), "-ts", str(target)], check=True, capture_output=True, timeout=60)
    read = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(target).getroot().iter("context")
        for message in context.iter("message")
    }
    assert read == hidden


def test_quotes_and_backslashes_survive() -> None:
    assert as_python([("C", 'a "b" \\c')]).count(r'"a \"b\" \\c"') == 1
