"""Inference and torch agree on every document: same shapes where valid, both refuse where not."""

import pytest
from hypothesis import HealthCheck, given, settings

from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.core.infer import infer
from tests.oracle import Refused, run
from tests.strategies import documents, trainable_documents


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_inference_and_torch_agree(document: Document) -> None:
    result = infer(document)
    if result.body.faults == 0:
        shape, params = run(document)
        assert result.body.output == shape
        assert result.params == params
    else:
        with pytest.raises(Refused):
            run(document)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trainable_documents())
def test_inference_and_torch_agree_on_deep_valid_documents(document: Document) -> None:
    result = infer(document)
    assert result.trainable
    assert run(document) == ((document.classes,), result.params)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_every_document_survives_a_file(document: Document) -> None:
    text = write_document(document)
    again = read_document(text)
    assert write_document(again) == text
    assert [str(p.fault) for p in infer(again).problems] == [str(p.fault) for p in infer(document).problems]
    assert infer(again).params == infer(document).params
