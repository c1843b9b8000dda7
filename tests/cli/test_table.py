"""What the command line prints for scripts."""

import json
from math import inf, nan

import pytest

from cnnstudio.cli.table import print_json
from cnnstudio.cli.train import result_values
from cnnstudio.core.messages import Finished


def test_a_number_that_ran_away_is_null_since_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    print_json({"loss": nan, "shares": [0.5, inf, ("é", -inf)], "images": 3})
    told = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert told == {"loss": None, "shares": [0.5, None, ["é", None]], "images": 3}


@pytest.mark.parametrize("epochs", [0, 2])
def test_a_run_stopped_before_its_test_has_no_accuracy_of_zero(epochs: int) -> None:
    values = result_values(Finished("", epochs, 0.0, 0.0, 0, 0.0, stopped=True))
    assert (values["run"], values["test_accuracy"], values["test_loss"]) == (None, None, None)
    tested = result_values(Finished("run", 2, 0.5, 1.5, 2, 9.0, stopped=True))
    assert (tested["run"], tested["test_accuracy"], tested["test_loss"]) == ("run", 0.5, 1.5)
