"""The one list of data sets. A test compares file names and checksums with torchvision's."""

from __future__ import annotations

from cnnstudio.workspace.datasets.info import DatasetInfo
from cnnstudio.workspace.errors import DatasetError

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
CIFAR_FOLDER = "cifar-10-batches-py"
CIFAR_TRAIN = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")
CIFAR_TEST = ("test_batch",)
SHAPE_NAMES = (
    "circle",
    "square",
    "triangle",
    "cross",
    "ring",
    "star",
    "stripes",
    "crescent",
    "heart",
    "frame",
)

MNIST = DatasetInfo(
    id="mnist",
    title="MNIST",
    height=28,
    width=28,
    channels=1,
    class_names=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    train_count=60_000,
    test_count=10_000,
    mean=(0.1307,),
    std=(0.3081,),
    source="LeCun, Cortes, Burges, 'The MNIST database of handwritten digits', 1998",
    licence="CC BY-SA 3.0",
    files=tuple(f"MNIST/raw/{name}" for name in IDX_NAMES),
    downloadable=True,
    download_bytes=11_594_722,
    disk_bytes=54_950_048,
)
FASHION_MNIST = DatasetInfo(
    id="fashion-mnist",
    title="Fashion-MNIST",
    height=28,
    width=28,
    channels=1,
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    train_count=60_000,
    test_count=10_000,
    mean=(0.2860,),
    std=(0.3530,),
    source="Xiao, Rasul, Vollgraf, 'Fashion-MNIST', Zalando Research, 2017",
    licence="MIT",
    files=tuple(f"FashionMNIST/raw/{name}" for name in IDX_NAMES),
    downloadable=True,
    download_bytes=30_878_645,
    disk_bytes=54_950_048,
)
CIFAR10 = DatasetInfo(
    id="cifar10",
    title="CIFAR-10",
    height=32,
    width=32,
    channels=3,
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    train_count=50_000,
    test_count=10_000,
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    source="Krizhevsky, 'Learning Multiple Layers of Features from Tiny Images', 2009",
    licence="no licence stated; cite the source",
    files=tuple(f"{CIFAR_FOLDER}/{name}" for name in CIFAR_TRAIN + CIFAR_TEST),
    downloadable=True,
    download_bytes=170_498_071,
    disk_bytes=186_214_100,
)
FOLDER = DatasetInfo(
    id="folder",
    title="Image folder",
    height=224,
    width=224,
    channels=3,
    class_names=(),
    train_count=0,
    test_count=0,
    # Of photographs at large (ImageNet); the loaded images bring their own.
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    source="a folder of yours, one subfolder a class",
    licence="yours",
    any_size=True,
)
SHAPES = DatasetInfo(
    id="shapes",
    title="Shapes",
    height=32,
    width=32,
    channels=3,
    class_names=SHAPE_NAMES,
    train_count=2_000,
    test_count=500,
    mean=(0.5, 0.5, 0.5),
    std=(0.25, 0.25, 0.25),
    source="drawn by CNN Studio",
    licence="MIT",
    any_size=True,
)

CATALOGUE: tuple[DatasetInfo, ...] = (MNIST, FASHION_MNIST, CIFAR10, FOLDER, SHAPES)
DATASET_IDS: tuple[str, ...] = tuple(info.id for info in CATALOGUE)


def dataset(id: str) -> DatasetInfo:
    """The entry with this id; `DatasetError` naming the known ids where there is none."""
    for info in CATALOGUE:
        if info.id == id:
            return info
    from difflib import get_close_matches

    close = get_close_matches(id.lower(), DATASET_IDS, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    raise DatasetError(f"There is no data set '{id}'{hint}: choose one of {', '.join(DATASET_IDS)}.")
