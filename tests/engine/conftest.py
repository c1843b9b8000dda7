"""What every test of the engine gets."""

from collections.abc import Iterable

import pytest

from cnnstudio.engine import choices, loop


@pytest.fixture(autouse=True)
def choices_that_are_not_timed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that is thinkable: each test has a cache of its own, and so would measure anew every time.

    Besides, two trainings that are compared with each other choose alike.
    """

    def first(module: object, candidates: Iterable[choices.Choices], *_: object) -> choices.Choices:
        return next(iter(candidates))

    if request.path.name != "test_choices.py":
        monkeypatch.setattr(choices, "_quickest", first)


@pytest.fixture
def each_step_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that do something at a certain step."""
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)
