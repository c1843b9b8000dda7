"""Whatever kind of image a file holds, it comes out upright, opaque and at the size asked for."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnstudio.workspace.datasets.decode import decode_image


def test_the_shorter_side_is_resized_and_the_middle_kept(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    image.save(tmp_path / "wide.png")

    pixels = decode_image(tmp_path / "wide.png", 20, 20, 3)

    assert pixels.shape == (20, 20, 3)
    assert (pixels[:, 1:-1] == (0, 0, 255)).all()


def test_small_images_are_enlarged(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), "lime").save(tmp_path / "small.png")

    assert (decode_image(tmp_path / "small.png", 40, 30, 3) == (0, 255, 0)).all()


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), "black")
    image.paste("white", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to view
    image.save(tmp_path / "turned.jpg", exif=exif, quality=95)

    pixels = decode_image(tmp_path / "turned.jpg", 40, 20, 1)[..., 0]

    assert pixels[:15].mean() > 200
    assert pixels[25:].mean() < 50


def test_transparent_places_become_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    palette = Image.new("P", (8, 8), 0)
    palette.save(tmp_path / "palette.png", transparency=bytes([0, 255]))

    assert (decode_image(tmp_path / "clear.png", 8, 8, 3) == 255).all()
    assert (decode_image(tmp_path / "palette.png", 8, 8, 3) == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_every_mode_is_read(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (9, 7)).save(tmp_path / "image.tiff")

    assert decode_image(tmp_path / "image.tiff", 5, 5, 3).shape == (5, 5, 3)
    assert decode_image(tmp_path / "image.tiff", 5, 5, 1).shape == (5, 5, 1)


def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 32768, np.uint16)).save(tmp_path / "deep.png")

    assert (decode_image(tmp_path / "deep.png", 4, 4, 1) == 128).all()
    far = np.array([[-7, 70_000]], np.int32)
    Image.fromarray(far).save(tmp_path / "deeper.tiff")
    assert decode_image(tmp_path / "deeper.tiff", 1, 2, 1).ravel().tolist() == [0, 255]


def test_a_large_photo_is_decoded_small(tmp_path: Path) -> None:
    gradient = np.linspace(0, 255, 1600, dtype=np.uint8)
    Image.fromarray(np.broadcast_to(gradient[None, :, None], (1200, 1600, 3)).copy()).save(
        tmp_path / "large.jpg"
    )

    pixels = decode_image(tmp_path / "large.jpg", 32, 32, 3)

    assert pixels[:, 0].mean() == pytest.approx(34, abs=6)
    assert pixels[:, -1].mean() == pytest.approx(221, abs=6)
