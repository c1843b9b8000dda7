"""The block that CONTRIBUTING.md adds is one that works."""

import re
from pathlib import Path

from cnnstudio.core.block import Layer
from cnnstudio.core.call import call

ROOT = Path(__file__).resolve().parent.parent


def test_the_example_block_is_a_whole_block() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)

    namespace = {"__name__": "cnnstudio.blocks.mish"}
    exec(source, namespace)
    block = namespace["Mish"]()

    assert isinstance(block, Layer)
    assert block.output((3, 8, 8)) == (3, 8, 8)
    assert block.constructor((3, 8, 8)) == call("nn.Mish")
