"""Training speed: ``python tests/bench/bench_training.py [--rounds N] [--compiled] [ROW …]``.

For each network the images a second of three or four loops, as ratios to the first: the tutorials'
own (torchvision's data set, ToTensor, Normalize, DataLoader with two workers), a bare hand-written loop over
uint8 in memory with the same threads, memory format, convolutions, fused optimizer and allocator as ours,
ours with all its messages and files, and ours compiled. Each loop is a process of its own, as people would
start it; they take turns, an epoch each, so that whatever else the machine does disturbs all alike. Data are
random pixels. Times are by the clock on the wall, ours with the test of a single image, and with as much of
the checkpoint as comes to so many images of an epoch of 50 000. Ratios are medians over the rounds of what
was measured within one round. The last row is crop and flip alone.

Rows are named as printed, ``fashion-dnn:64``; without any, all are measured.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.turns import Turns  # noqa: E402

# Preset, batch, images an epoch, the ratio to reach and the one that compiled steps shall reach.
NETWORKS: tuple[tuple[str, int, int, float, float | None], ...] = (
    ("cifar10-first-cnn", 128, 25_600, 3.3, None),
    ("cifar10-first-cnn", 4, 6000, 3.0, 4.2),
    ("fashion-dnn", 64, 32_768, 10.0, None),
    ("mnist-five-layer-cnn", 100, 2000, 1.45, None),
    ("cifar10-resnet", 128, 3072, 1.4, 1.6),
)
AUGMENT = ("crop-and-flip", 10.0)
MOST_EPOCHS = 1000
REAL_EPOCH = 50_000

# Only what a tutorial has: nothing of CNN Studio is imported.
TUTORIAL = """
import json, sys, time
import torch, torchvision
import torch.nn.functional as F
from torchvision import transforms

said = json.loads(sys.argv[1])
space = {"__name__": "model"}
exec(open(said["source"]).read(), space)
module = [thing for thing in space.values() if isinstance(thing, type) and thing.__module__ == "model"][-1]()
saved = torch.load(said["data"])
kind = torchvision.datasets.FashionMNIST if saved["images"].ndim == 3 else torchvision.datasets.CIFAR10
data = kind.__new__(kind)
data.data = saved["images"] if saved["images"].ndim == 3 else saved["images"].numpy()
data.targets = saved["labels"] if saved["images"].ndim == 3 else saved["labels"].tolist()
data.target_transform = None
half = (0.5,) * (1 if saved["images"].ndim == 3 else 3)
steps = [transforms.ToTensor(), transforms.Normalize(half, half)]
if said["crop"]:
    steps.insert(0, transforms.RandomCrop(saved["images"].shape[1], padding=said["crop"]))
if said["flip"]:
    steps.insert(0, transforms.RandomHorizontalFlip())
data.transform = transforms.Compose(steps)
loader = torch.utils.data.DataLoader(data, batch_size=said["batch"], shuffle=True, num_workers=2)
options = {name: value for name, value in said["optimizer"].items()}
optimizer = getattr(torch.optim, options.pop("name"))(module.parameters(), **options)
for _ in sys.stdin:
    start, running = time.perf_counter(), 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(module(images), labels)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print(time.perf_counter() - start, flush=True)
"""


def bare(said: dict[str, Any], answers: IO[str]) -> None:
    """As little as can be written by hand, with the choices that ours has made."""
    from cnnstudio.core.training import Optimizer
    from cnnstudio.engine.build import instantiate
    from cnnstudio.engine.choices import Choices, apply
    from cnnstudio.engine.optimizer import is_fused
    from cnnstudio.engine.step import in_format

    import torch  # isort: skip  after the engine, which says how long threads wait for each other
    import torch.nn.functional as F  # isort: skip

    choices = Choices(**said["choices"])
    layout = torch.channels_last if choices.channels_last else torch.contiguous_format
    apply(choices, torch.device("cpu"))
    module = in_format(instantiate(Path(said["source"]).read_text()), choices)
    settings = Optimizer.model_validate(said["optimizer"])
    options = _torch_options(said["optimizer"])
    kind = getattr(torch.optim, options.pop("name"))
    if is_fused(settings, torch.device("cpu")):
        options["fused"] = True
    optimizer = kind(module.parameters(), **options)
    saved = torch.load(said["data"])
    images = saved["images"] if saved["images"].ndim == 4 else saved["images"][..., None]
    pixels = images.permute(0, 3, 1, 2).contiguous(memory_format=layout)
    targets = saved["labels"]
    for _ in sys.stdin:
        start = time.perf_counter()
        for chosen in torch.randperm(len(targets)).split(said["batch"]):
            batch = pixels[chosen].float().div_(127.5).sub_(1)
            optimizer.zero_grad()
            loss = F.cross_entropy(module(batch), targets[chosen])
            loss.backward()
            optimizer.step()
        answers.write(f"{time.perf_counter() - start}\n")


def ours(said: dict[str, Any], answers: IO[str]) -> None:
    """The engine's own training, one epoch a turn; the test after it is of a single image."""
    from cnnstudio.core.messages import Checkpointed, Epoch, Message, Started
    from cnnstudio.engine.control import Control
    from cnnstudio.engine.loop import Training
    from cnnstudio.engine.prepare import Prepared
    from cnnstudio.workspace.datasets import Dataset, Split, dataset
    from cnnstudio.workspace.presets import load_preset
    from cnnstudio.workspace.runs import RunFolder, RunRecord

    import torch  # isort: skip  after the engine, as in its process

    saved = torch.load(said["data"])
    images = saved["images"] if saved["images"].ndim == 4 else saved["images"][..., None]
    split = Split(images.numpy(), saved["labels"].numpy())
    document = load_preset(said["preset"])
    changes = {
        "batch_size": said["batch"],
        "epochs": MOST_EPOCHS,
        "test_limit": 1,
        "compile": said["compile"],
    }
    document = document.changed(training=document.training.model_copy(update=changes))
    half = (0.5,) * document.input.channels
    names = tuple(map(str, range(document.classes)))
    size = (document.input.height, document.input.width)
    data = Dataset(dataset("shapes"), split, split, names, size, half, half)
    start = trained = 0.0

    def wait() -> None:
        nonlocal start
        if not sys.stdin.readline():
            os._exit(0)
        start = time.perf_counter()

    def hear(message: Message) -> None:
        nonlocal trained
        if isinstance(message, Started):
            answers.write(json.dumps(dict(message.choices)) + "\n")
            wait()
        if isinstance(message, Epoch):
            trained = time.perf_counter() - start
        if isinstance(message, Checkpointed):
            kept = time.perf_counter() - start - trained
            answers.write(f"{trained + kept * len(split) / REAL_EPOCH}\n")
            wait()

    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder))
        run.write_record(RunRecord())
        prepared = Prepared(run, RunRecord(), document, data, torch.device("cpu"), checkpoint=None)
        Training(prepared, hear, Control()).run()


def _turns(command: list[str]) -> Turns:
    """With as many threads as each chooses."""
    return Turns(command, {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"})


def measured(preset: str, batch: int, images: int, rounds: int, compiled: bool) -> None:
    """Prints one row."""
    import numpy as np
    import torch

    from cnnstudio.codegen import generate
    from cnnstudio.workspace.presets import load_preset

    document = load_preset(preset)
    training, size = document.training, document.input
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (images, size.height, size.width, size.channels), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        source, data = Path(folder) / "model.py", Path(folder) / "data.pt"
        source.write_text(generate(document).source, "utf-8")
        kept = torch.from_numpy(pixels if size.channels > 1 else pixels[..., 0])
        torch.save({"images": kept, "labels": torch.from_numpy(random.integers(0, 10, images))}, data)
        options = training.optimizer.model_dump()
        said = {"preset": preset, "batch": batch, "source": str(source), "data": str(data), "compile": False}
        tutorials = {
            "crop": training.augment.crop_padding,
            "flip": training.augment.flip,
            "optimizer": _torch_options(options),
        }
        # Alone: the others' start would be measured with what it chooses between.
        ours = _worker("ours", said)
        choices = json.loads(ours.line())
        tutorial = _turns([sys.executable, "-c", TUTORIAL, json.dumps({**said, **tutorials})])
        loops = {"tutorial": tutorial, "ours": ours}
        chosen = {
            "threads": int(choices["threads"]),
            "channels_last": choices["memory format"] == "channels last",
            "products": choices.get("convolutions") == "matrix products",
        }
        loops["bare"] = _worker("bare", {**said, "choices": chosen, "optimizer": options})
        if compiled:
            loops["compiled"] = _worker("ours", {**said, "compile": True})
            choices = {**choices, **json.loads(loops["compiled"].line())}
        turns = [{name: loop.take() for name, loop in loops.items()} for _ in range(rounds + 1)][1:]
        for loop in loops.values():
            loop.end()

    def ratio(of: str, to: str) -> float:
        return statistics.median(turn[to] / turn[of] for turn in turns)

    speed = images / statistics.median(turn["tutorial"] for turn in turns)
    last = f"{ratio('compiled', 'tutorial'):9.2f}" if compiled else " " * 9
    text = ", ".join(f"{name} {value}" for name, value in choices.items())
    print(
        f"{preset:22}{batch:6}{speed:11.0f}{ratio('bare', 'tutorial'):7.2f}{ratio('ours', 'tutorial'):7.2f}"
        f"{last}{ratio('ours', 'bare'):11.2f}",
        end="",
    )
    print(f"{_target(preset, batch):>12}  {text}", flush=True)


def _target(preset: str, batch: int) -> str:
    for name, size, _, target, compiled in NETWORKS:
        if (name, size) == (preset, batch):
            return f"{target:g}" + (f" / {compiled:g}" if compiled else "")
    return ""


def _torch_options(options: dict[str, Any]) -> dict[str, Any]:
    """As a tutorial would write them."""
    taken = {"name", "lr", "weight_decay"}
    if options["name"] in ("SGD", "RMSprop"):
        taken.add("momentum")
    return {name: value for name, value in options.items() if name in taken}


def _worker(kind: str, said: dict[str, Any]) -> Turns:
    return _turns([sys.executable, __file__, "--worker", kind, json.dumps(said)])


def augmentation(rounds: int, images: int = 2048, batch: int = 128) -> None:
    """Crop and flip of CIFAR-sized images, PIL one by one against ours, in turns."""
    import numpy as np
    import torch
    from PIL import Image
    from torchvision import transforms

    from cnnstudio.core.training import TrainingSettings
    from cnnstudio.engine.data import Feed
    from cnnstudio.workspace.datasets import Dataset, Split, dataset

    pixels = np.random.default_rng(0).integers(0, 256, (images, 32, 32, 3), dtype=np.uint8)
    each = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()])
    split = Split(pixels, np.zeros(images, dtype=np.int64))
    data = Dataset(dataset("cifar10"), split, split, ("a", "b"), (32, 32), (0.5,) * 3, (0.5,) * 3)
    changed, plain = (
        Feed(data, TrainingSettings.model_validate({"augment": augment}), torch.device("cpu"))
        for augment in ({"flip": True, "crop_padding": 4}, {})
    )
    torch.set_num_threads(1)
    for feed in (changed, plain):
        feed.use_channels_last(True)

    def one_by_one() -> None:
        for image in pixels:
            each(Image.fromarray(image))

    def as_pil() -> None:
        for image in pixels:
            Image.fromarray(image)

    def all_of(feed: Any) -> Callable[[], None]:
        return lambda: [None for _ in feed.train(1, batch)] and None

    ratios, speeds = [], []
    for _ in range(rounds + 1):
        theirs = _seconds(one_by_one) - _seconds(as_pil)
        own = _seconds(all_of(changed)) - _seconds(all_of(plain))
        ratios.append(theirs / own)
        speeds.append(images / theirs)
    print(
        f"{AUGMENT[0]:22}{'':6}{statistics.median(speeds[1:]):11.0f}{'':7}{statistics.median(ratios[1:]):7.2f}"
        f"{'':20}{AUGMENT[1]:12g}"
    )


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, as both work in one thread."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compiled", action="store_true", help="measure compiled steps too")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("rows", nargs="*")
    options = parser.parse_args()
    if options.worker:
        answers = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)
        {"ours": ours, "bare": bare}[options.worker[0]](json.loads(options.worker[1]), answers)
        return
    print(
        f"{'network':22}{'batch':>6}{'tutorial/s':>11}{'bare':>7}{'ours':>7}{'compiled':>9}{'ours/bare':>11}"
        f"{'target':>12}  choices"
    )
    for preset, batch, images, _, _ in NETWORKS:
        if not options.rows or f"{preset}:{batch}" in options.rows:
            measured(preset, batch, images, options.rounds, options.compiled)
    if not options.rows or AUGMENT[0] in options.rows:
        augmentation(options.rounds)


if __name__ == "__main__":
    main()
