"""Whatever a person builds: the source runs, means what the document says, and reads as ruff lays it out."""

import warnings
from pathlib import Path

import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnnstudio.codegen import generate
from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from tests.codegen import relatives
from tests.codegen.built import BATCH, check, namespace, ruff_complaints
from tests.codegen.interpreter import Interpreter
from tests.strategies import documents, repaired

_ANY = st.one_of(relatives.documents(), documents().map(repaired))
_SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)


def test_source_agrees_with_inference_and_ruff(tmp_path: Path) -> None:
    sources: dict[str, str] = {}

    @settings(max_examples=100, deadline=None, suppress_health_check=_SLOW)
    @given(_ANY)
    def collect(document: Document) -> None:
        assume(infer(document).params < 1_000_000_000)
        sources[f"net{len(sources)}"] = check(document).source

    collect()
    assert ruff_complaints(sources, tmp_path) == ""


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW)
@given(_ANY)
def test_the_network_computes_what_the_document_says(document: Document) -> None:
    inference = infer(document)
    assume(inference.params < 1_000_000 and inference.macs < 10_000_000)
    generated = generate(document)
    torch.manual_seed(0)
    model = namespace(generated.source)[generated.class_name]().eval()
    x = torch.rand(BATCH, *document.input.shape)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, *_ = Interpreter(document, model, generated.paths).run(x)
        torch.testing.assert_close(model(x), expected, equal_nan=True)
