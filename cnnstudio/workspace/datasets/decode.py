"""One image file to one array, whatever the file is like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from cnnstudio.workspace.datasets.channels import with_channels

if TYPE_CHECKING:
    from cnnstudio.workspace.datasets.info import Images


def decode_image(path: Path, height: int, width: int, channels: int) -> Images:
    """The image as `(height, width, channels)`: turned upright, shorter side resized, centre cropped.

    Transparent places become white. Raises whatever Pillow raises on a file that is broken.
    """
    with Image.open(path) as file:
        # JPEG can be decoded at a half, a quarter or an eighth for a fraction of the time.
        file.draft("RGB", (2 * width, 2 * height))
        upright = ImageOps.exif_transpose(file)
        image = _opaque(upright).convert("L" if channels == 1 else "RGB")
        fitted = ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(fitted, dtype=np.uint8).reshape(height, width, -1)
    return with_channels(pixels, channels)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16-bit grey: Pillow would clip it to white instead of scaling it.
        return Image.fromarray((np.asarray(image).clip(0, 65535) // 256).astype(np.uint8))
    if "transparency" not in image.info and not image.mode.endswith(("A", "a")):
        return image
    coloured = image.convert("RGBA")
    white = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(white, coloured)
