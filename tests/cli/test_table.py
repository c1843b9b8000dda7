"""What the command line prints for scripts."""

import json
from math import inf, nan

import pytest

from cnnstudio.cli.table import print_json


def test_a_number_that_ran_away_is_null_since_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    print_json({"loss": nan, "shares": [0.5, inf, ("é", -inf)], "images": 3})
    told = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert told == {"loss": None, "shares": [0.5, None, ["é", None]], "images": 3}
