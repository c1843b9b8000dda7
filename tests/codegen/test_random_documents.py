"""Whatever a person builds: the source runs, agrees with inference, and reads as ruff would lay it out."""

from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from tests.codegen.built import check, ruff_complaints
from tests.strategies import documents, repaired

_SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much)


def test_source_agrees_with_inference_and_ruff(tmp_path: Path) -> None:
    sources: dict[str, str] = {}

    @settings(max_examples=150, deadline=None, suppress_health_check=_SLOW)
    @given(documents().map(repaired))
    def collect(document: Document) -> None:
        assume(infer(document).params < 1_000_000_000)
        sources[f"net{len(sources)}"] = check(document).source

    collect()
    assert ruff_complaints(sources, tmp_path) == ""
