"""Every block's module is found, in the order of work, with its output's shape and what it sees."""

import pytest
import torch

from cnnstudio.codegen import generate
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import read_document
from cnnstudio.engine.build import instantiate
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.looks.blocks import blocks_of, named
from cnnstudio.workspace.resources import presets_dir


def preset(name: str) -> Document:
    return read_document((presets_dir() / f"{name}.cnn.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "cifar10-resnet110", "alexnet-2012"])
def test_what_leaves_each_module_has_the_shape_that_is_told(name: str) -> None:
    document = preset(name)
    generated = generate(document)
    blocks = blocks_of(document, generated)
    with torch.device("meta"):
        module = instantiate(generated.source).eval()
    module.to_empty(device="cpu")  # whatever lies there: only shapes are looked at
    shapes: dict[str, tuple[int, ...]] = {}
    for block in blocks:

        def keep(_: object, __: object, output: torch.Tensor, path: str = block.path) -> None:
            shapes[path] = tuple(output.shape[1:])

        module.get_submodule(block.path).register_forward_hook(keep)
    with torch.inference_mode():
        module(torch.zeros(1, *document.input.shape))
    assert shapes == {block.path: block.output for block in blocks}
    assert [block.path for block in blocks] == list(shapes), "in the order of work"


def test_the_known_reach_of_resnet() -> None:
    """Araujo et al. 2019 give 427 pixels for conv5 of ResNet-v1-50's kin, 435 for ResNet-18."""
    document = preset("resnet18")
    last = named(blocks_of(document, generate(document)), "layer4.1")
    assert last.reach is not None
    assert last.reach.size == (435, 435)
    assert last.reach.jump == (32, 32)


def test_a_block_that_is_not_there_is_an_error() -> None:
    document = preset("vgg16")
    with pytest.raises(EngineError, match="no block at 'nowhere'"):
        named(blocks_of(document, generate(document)), "nowhere")
