"""How gradients change from the last layers, where they begin, to the first."""

from dataclasses import dataclass
from statistics import median

from cnnstudio.core.doctor.case import gradient_size, learning_blocks
from cnnstudio.core.health import BlockHealth, Health

FEWEST_LAYERS = 6
"""With fewer there is no depth to speak of."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Sizes (root mean square) of gradients, medians over the first and the last quarter of the layers."""

    first: float
    last: float
    layers: int
    block: BlockHealth
    """The first."""


def flow(health: Health) -> Flow | None:
    """None where there are too few layers, or gradients of nothing at the end."""
    blocks = learning_blocks(health)
    if len(blocks) < FEWEST_LAYERS:
        return None
    quarter = len(blocks) // 4
    sizes = [gradient_size(block) for block in blocks]
    first, last = median(sizes[:quarter]), median(sizes[-quarter:])
    return Flow(first, last, len(blocks), blocks[0]) if last > 0 else None
