"""What is foretold of a training comes true, near enough."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnstudio.core.messages import Finished, Forecast, Preparing
from cnnstudio.core.requests import Job, Preflight
from cnnstudio.engine import device as devices
from cnnstudio.engine import side_work
from cnnstudio.engine.bystanders import Solitude, standing_by
from cnnstudio.engine.control import Control
from cnnstudio.engine.device import available_bytes
from cnnstudio.engine.footprint import Footprint
from cnnstudio.engine.forecast import count_images, forecast
from cnnstudio.engine.system_memory import container_bytes, pages_of_vm_stat, system_bytes
from cnnstudio.engine.train import run
from cnnstudio.workspace import datasets
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import Heard, document, layer

MIB = 1 << 20


def foretold(doc: Any, **job: Any) -> Forecast:
    """The forecast of a training."""
    return forecast(Job(doc, **job), Heard(), Control())


def wide(**settings: Any) -> Any:
    """A network whose activations take far more room than its weights."""
    return document(
        layer("Conv2d", out_channels=32, kernel_size=3, padding=1),
        layer("ReLU"),
        layer("Conv2d", out_channels=32, kernel_size=3, padding=1),
        layer("ReLU"),
        layer("Conv2d", out_channels=32, kernel_size=3, padding=1),
        layer("ReLU"),
        layer("GlobalAvgPool2d"),
        layer("Flatten"),
        layer("Linear", out_features=3),
        size=32,
        **{"batch_size": 128, "test_limit": 64, **settings},
    )


def test_counts_are_those_of_the_run(tmp_path: Path) -> None:
    doc = document(epochs=2, test_limit=100, validation={"name": "split", "fraction": 0.25})
    found = foretold(doc, limit=200)
    assert (found.train_images, found.test_images, found.steps_per_epoch, found.epochs) == (150, 150, 5, 2)
    assert not found.warning
    assert found.free_disk_bytes > found.disk_bytes > 0
    heard = Heard()
    run(Job(doc, run=str(tmp_path / "run"), limit=200), heard, Control())
    written = sum(file.stat().st_size for file in (tmp_path / "run").rglob("*") if file.is_file())
    assert 0.3 * found.disk_bytes < written < 3 * found.disk_bytes


def test_data_sets_need_not_be_on_this_disk(tmp_path: Path) -> None:
    doc = document(dataset="cifar10", size=32, channels=3)
    foretold(doc, data_dir=str(tmp_path), limit=500)
    began = time.process_time()
    foretold(doc, data_dir=str(tmp_path), limit=500)
    few = time.process_time()
    found = foretold(doc, data_dir=str(tmp_path))
    assert found.train_images == 50_000
    assert found.memory_bytes > 60_000 * 32 * 32 * 3
    assert time.process_time() - few < 5 * (few - began), "a hundred times as many images are not all made"


def test_time_comes_true(tmp_path: Path) -> None:
    """On a machine that others use, the best of some tries tells."""
    doc = wide(epochs=1)
    ratios = []
    for number in range(4):
        path = tmp_path / str(number)
        expected = foretold(doc, limit=1500, run=str(path))
        outcome = run(Job(doc, run=str(path), limit=1500), Heard(), Control())
        assert isinstance(outcome, Finished)
        record = RunFolder(path).read_record()
        assert record.options["forecast_seconds_per_epoch"] == expected.seconds_per_epoch
        took = record.result["seconds_per_epoch"]
        assert isinstance(took, float)
        ratios.append(took / expected.seconds_per_epoch)
        if 1 / 1.5 < ratios[-1] < 1.5:
            return
    pytest.fail(f"the times were so many times the foretold ones: {ratios}")


MEASURE = """
import json, sys
from pathlib import Path
from cnnstudio.core.requests import Job, Preflight
from cnnstudio.engine.control import Control
from cnnstudio.engine.forecast import forecast
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.test_forecast import wide
doc = wide(epochs=1, batch_size=256)
job = Job(doc, run=sys.argv[1], limit=512)
found = forecast(job, lambda message: None, Control())
run(job, lambda message: None, Control())
print(json.dumps([found.memory_bytes, RunFolder(Path(sys.argv[1])).read_record().result["memory_bytes"]]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak since a moment")
def test_memory_comes_true(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    expected, measured = json.loads(done.stdout)
    assert measured > 100 * MIB
    assert expected == pytest.approx(measured, rel=0.3)


def test_what_will_not_fit_is_told_with_the_batch_that_would(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = foretold(wide(), limit=256)
    assert not whole.warning
    monkeypatch.setattr(devices, "available_bytes", lambda device: 100 * MIB)
    found = foretold(wide(), limit=256)
    assert found.fitting_batch in (16, 32, 64)
    assert found.warning.startswith("128 images a batch would take about ")
    assert found.warning.endswith(f": try a batch size of {found.fitting_batch}.")
    assert found.seconds_per_epoch > 0
    monkeypatch.setattr(devices, "available_bytes", lambda device: 1 << 20)
    found = foretold(wide(), limit=256)
    assert found.warning.endswith(": use a smaller network or a smaller input.")
    assert found.fitting_batch is None


def test_a_full_disk_is_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnstudio.engine.forecast.free_disk_bytes", lambda folder: 100)
    assert foretold(document()).warning.startswith("The run would write about ")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected, threads = torch.rand(3), torch.get_num_threads()
    torch.manual_seed(5)
    foretold(document(), run=str(tmp_path / "run"))
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads
    assert not (tmp_path / "run").exists()


def test_a_forecast_can_be_called_off() -> None:
    control = Control()
    control.stop()
    with pytest.raises(Cancelled):
        forecast(Job(document()), Heard(), control)


def test_a_long_step_is_not_waited_for() -> None:
    heavy = document(
        layer("Conv2d", out_channels=64, kernel_size=7, padding=3),
        layer("ReLU"),
        layer("Conv2d", out_channels=64, kernel_size=7, padding=3),
        layer("Flatten"),
        layer("Linear", out_features=3),
        size=64,
        batch_size=256,
    )
    began = time.perf_counter()
    found = foretold(heavy)
    assert time.perf_counter() - began < found.seconds_per_epoch / 2


@given(
    st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 5000), st.integers(0, 10**9), st.booleans()
)
def test_the_batch_that_fits_is_the_largest_that_does(
    fixed: int, per_image: int, batch: int, available: int, heap: bool
) -> None:
    found = Footprint(fixed, per_image, per_image // 4, 0, heap)
    fitting = found.fitting_batch(batch, available)
    if fitting is None:
        assert found.bytes(1) > available
    else:
        assert fitting < max(2, batch)
        assert found.bytes(fitting) <= available
        assert 2 * fitting >= batch or found.bytes(2 * fitting) > available


def test_images_that_a_limit_leaves_out_are_read_all_the_same() -> None:
    doc = document(dataset="mnist", size=28)
    whole, part = (count_images(doc, datasets.dataset("mnist"), limit) for limit in (None, 100))
    assert (part.train, part.each_epoch, part.end) == (100, 10_000, 0)
    assert part.data_bytes == 10_100 * 28 * 28 < whole.data_bytes
    assert part.reading_bytes == whole.reading_bytes


def test_what_steps_have_taken_replaces_the_estimate() -> None:
    estimated = Footprint(fixed=40 * MIB, per_image=MIB, largest=1000, test=10 * MIB, heap=True)
    measured = estimated.as_measured(10, steps=60 * MIB, test=50 * MIB)
    assert abs(measured.bytes(10) - 60 * MIB) < MIB
    assert abs(measured.bytes(20) - 80 * MIB) < MIB
    assert measured.bytes(1) == 50 * MIB
    lean = estimated.as_measured(10, steps=8 * MIB, test=9 * MIB)
    assert lean.bytes(10) == 9 * MIB


def test_a_process_whose_libraries_are_loaded_does_not_take_images_for_them() -> None:
    estimated = Footprint(fixed=36 * MIB, per_image=MIB, largest=1000, test=0, heap=True)
    for batch, steps in ((10, 21), (10, 38), (32, 40)):
        measured = estimated.as_measured(batch, steps=steps * MIB, test=0)
        assert abs(measured.bytes(batch) - steps * MIB) < MIB
        assert measured.bytes(128) > 128 * MIB


def test_nothing_is_measured_of_memory_while_others_work_in_the_process() -> None:
    alone = Solitude()
    assert alone.kept()
    with standing_by():
        assert not alone.kept()
        assert not Solitude().kept()
    assert not alone.kept()
    assert Solitude().kept()


def test_what_is_free_is_known_here(tmp_path: Path) -> None:
    free = available_bytes(torch.device("cpu"))
    assert free is not None
    assert 10 * MIB < free <= (system_bytes() or free)
    assert container_bytes(tmp_path) is None
    (tmp_path / "memory.max").write_text("max\n")
    assert container_bytes(tmp_path) is None
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert container_bytes(tmp_path) == 600


def test_macos_tells_pages() -> None:
    told = (
        "Mach Virtual Memory Statistics: (page size of 16384 bytes)\n"
        "Pages free:                               10.\n"
        "Pages active:                            500.\n"
        "Pages inactive:                            5.\n"
        "Pages speculative:                         1.\n"
    )
    assert pages_of_vm_stat(told) == 16 * 16384


def test_batch_norm_statistics_are_left_alone() -> None:
    doc = document(
        layer("Conv2d", out_channels=4, kernel_size=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Flatten"),
        layer("Linear", out_features=3),
    )
    from cnnstudio.engine.build import build
    from cnnstudio.engine.footprint import footprint

    module = build(doc).module
    before = {name: value.clone() for name, value in module.state_dict().items()}
    footprint(doc, module, torch.device("cpu"))
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert not any(layer._forward_hooks for layer in module.modules() if isinstance(layer, nn.Module))


def test_the_engine_answers_a_preflight() -> None:
    heard: list[Any] = []
    side_work.do(Preflight(Job(document(), limit=64)), heard.append, Control())
    assert [type(message) for message in heard] == [Preparing, Forecast]
    assert heard[-1].train_images == 64
