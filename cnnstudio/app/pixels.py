"""Pictures of any size as a network takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstudio.core.document import InputSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cnnstudio.numpy_engine.layer import Array

    Pixels = NDArray[np.uint8]
    """(height, width, channels)."""


def fitted(pixels: Pixels, size: InputSize) -> Pixels:
    """The middle square, scaled to the input; grey by luminance, or grey in every channel."""
    import numpy as np
    from PIL import Image

    height, width, channels = pixels.shape
    if (height, width, channels) == (size.height, size.width, size.channels):
        return pixels
    colour = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    image = Image.fromarray(np.ascontiguousarray(colour))
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    image = image.crop((left, top, left + side, top + side)).resize((size.width, size.height))
    if size.channels == 3:
        return np.asarray(image)
    grey = np.asarray(image.convert("L"))[..., None]
    return np.repeat(grey, size.channels, axis=2)


def normalised(pixels: Pixels, mean: Sequence[float], std: Sequence[float]) -> Array:
    """Float32 (C, H, W), as training makes it: pixels from 0 to 1, less ``mean``, divided by ``std``."""
    import numpy as np

    channels = pixels.shape[2]
    shift = np.resize(np.asarray(mean or (0.0,), dtype=np.float32), channels)
    scale = np.resize(np.asarray(std or (1.0,), dtype=np.float32), channels)
    image: Array = ((pixels.astype(np.float32) / 255 - shift) / scale).transpose(2, 0, 1)
    return np.ascontiguousarray(image)
