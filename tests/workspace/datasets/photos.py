"""Image folders as people have them, tiny."""

from pathlib import Path

import numpy as np
from PIL import Image


def place_photos(
    root: Path, classes: dict[str, int], size: tuple[int, int] = (12, 9), suffix: str = "png"
) -> None:
    """`classes` maps folder names to how many images each gets; every class has a colour of its own."""
    for number, (name, count) in enumerate(classes.items()):
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(count):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[..., number % 3] = 200
            pixels[..., 2] += index
            Image.fromarray(pixels).save(folder / f"{index:03}.{suffix}")
