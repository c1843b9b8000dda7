"""The Trainer for scripts learns, measures on the first images only, and weights survive a file."""

from pathlib import Path

import numpy as np
import pytest

from cnnstudio.numpy_engine import Network, Trainer, load_weights, save_weights
from cnnstudio.numpy_engine.trainer import Examples, accuracy
from cnnstudio.workspace.datasets.shapes import draw
from tests.numpy_engine.documents import made

DOCUMENT = made(
    """{"block": "Conv2d", "out_channels": 8, "kernel_size": 3}, {"block": "ReLU"},
    {"block": "BatchNorm2d"}, {"block": "MaxPool2d"}, {"block": "Flatten"},
    {"block": "Linear", "out_features": 10}""",
    side=12,
    channels=1,
    classes=10,
)


def shapes(count: int, seed: int) -> Examples:
    split = draw(count, 12, 12, 1, seed=seed)
    images = np.moveaxis(split.images, -1, 1).astype(np.float32) / 255 - 0.5
    return Examples(images, np.asarray(split.labels, dtype=np.int64))


def test_it_learns_and_says_so() -> None:
    said: list[str] = []
    optimizer = DOCUMENT.training.optimizer.model_copy(update={"name": "Adam", "lr": 0.01})
    document = DOCUMENT.changed(training=DOCUMENT.training.model_copy(update={"optimizer": optimizer}))
    trainer = Trainer(
        document, shapes(600, 1), shapes(150, 2), epochs=4, batch_size=50, evaluate_first=100, say=said.append
    )
    before = accuracy(trainer.network, trainer.test)
    after = trainer.run()
    assert after > before + 0.2
    assert len(trainer.losses) == 4 * 12
    assert len(said) == len(trainer.test_accuracies) == 4
    shares = f"train {trainer.train_accuracies[1]:.4f}, test {trainer.test_accuracies[1]:.4f}"
    assert said[1] == f"epoch 2: loss {trainer.losses[2 * 12 - 1]:.4f}, {shares}"
    assert all(round(100 * share, 6).is_integer() for share in trainer.test_accuracies)
    assert np.mean(trainer.losses[-12:]) < np.mean(trainer.losses[:12])


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = (
        Trainer(DOCUMENT, shapes(100, 1), shapes(20, 2), epochs=1, batch_size=50, seed=7) for _ in range(2)
    )
    assert first.run() == second.run()
    for name, value in first.network.state_dict().items():
        np.testing.assert_array_equal(value, second.network.state_dict()[name])


def test_weights_go_through_a_file(tmp_path: Path) -> None:
    network, other = Network(DOCUMENT, seed=1), Network(DOCUMENT, seed=2)
    save_weights(tmp_path / "weights.npz", network)
    load_weights(tmp_path / "weights.npz", other)
    x = shapes(5, 3).images
    np.testing.assert_array_equal(network.forward(x), other.forward(x))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    network = Network(DOCUMENT)
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ValueError, match="weights"):
        load_weights(broken, network)
    np.savez(tmp_path / "pickled.npz", weight=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        load_weights(tmp_path / "pickled.npz", network)
    np.savez(tmp_path / "other.npz", weight=np.zeros(3))
    with pytest.raises(ValueError, match="another network"):
        load_weights(tmp_path / "other.npz", network)
