"""The parts of a script that are the same, or nearly so, for every network. ``$name`` is filled in."""

from string import Template

LOAD_FOLDER = Template("""\
    root = Path(folder)
    test_root = next((root / n for n in ("val", "test") if (root / n).is_dir()), None)
    if test_root is not None:
        train = datasets.ImageFolder(root / "train", $train)
        test = datasets.ImageFolder(test_root, $test)
        order = torch.randperm(len(train)).tolist()
        test_order = list(range(len(test)))
    else:
        train = datasets.ImageFolder(root, $train)
        test = datasets.ImageFolder(root, $test)
        order = torch.randperm(len(train)).tolist()
        cut = max(1, len(order) // 5)
        test_order, order = order[:cut], order[cut:]
    if len(train.classes) > $classes:
        raise SystemExit(
            f"{root} has {len(train.classes)} classes, the network has $classes."
        )
$result\
""")

SHAPES = '''\
class Shapes(Dataset):
    """Simple shapes of random place, size and colour on a noisy background."""

    def __init__(self, count: int, first_seed: int, transform: Callable) -> None:
        self.count = count
        self.first_seed = first_seed
        self.transform = transform

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        generator = torch.Generator().manual_seed(self.first_seed + index)

        def between(low: float, high: float) -> float:
            return low + (high - low) * torch.rand(1, generator=generator).item()

        label = index % CLASSES
        radius = between(0.34, 0.44) * min(HEIGHT, WIDTH)
        turn = torch.tensor(between(-0.26, 0.26))
        x = torch.arange(WIDTH) + 0.5 - WIDTH * between(0.4, 0.6)
        y = torch.arange(HEIGHT).unsqueeze(1) + 0.5 - HEIGHT * between(0.4, 0.6)
        u = (x * turn.cos() + y * turn.sin()) / radius
        v = (y * turn.cos() - x * turn.sin()) / radius
        inside = (0.5 - outline(label, u, v) * radius).clamp(0, 1)
        dark = between(0.05, 0.45)
        tint = 0.2 * torch.rand(CHANNELS, 1, 1, generator=generator) - 0.1
        background = dark + tint
        colour = background + between(0.3, 0.5)
        noise = 0.05 * torch.randn(CHANNELS, HEIGHT, WIDTH, generator=generator)
        image = background + inside * (colour - background) + noise
        return self.transform(image.clamp(0, 1)), label


def outline(shape: int, x: Tensor, y: Tensor) -> Tensor:
    """How far each pixel lies outside of the shape (inside: below 0), in its radius."""
    radius, angle = torch.hypot(x, y), torch.atan2(x, -y)

    def box(width: float, height: float) -> Tensor:
        return torch.maximum(x.abs() - width, y.abs() - height)

    def edge(corners: int, slant: float) -> Tensor:
        step = 2 * torch.pi / corners
        away = ((angle + step / 2) % step - step / 2).abs()
        return radius * torch.cos(away - slant)

    match shape:
        case 0:  # circle
            return radius - 0.9
        case 1:  # square
            return box(0.75, 0.75)
        case 2:  # triangle
            return edge(3, torch.pi / 3) - 0.5
        case 3:  # cross
            return torch.minimum(box(0.95, 0.28), box(0.28, 0.95))
        case 4:  # ring
            return (radius - 0.74).abs() - 0.17
        case 5:  # star
            return edge(5, 0.92) - 0.64
        case 6:  # stripes
            bars = torch.minimum(y.abs(), (y.abs() - 0.66).abs()) - 0.18
            return torch.maximum(bars, x.abs() - 0.85)
        case 7:  # crescent
            return torch.maximum(radius - 0.9, 0.72 - torch.hypot(x - 0.5, y))
        case 8:  # heart
            lobes = torch.hypot(x.abs() - 0.42, y + 0.25) - 0.45
            tip = torch.maximum((x.abs() + y) * 0.7071 - 0.49, -0.25 - y)
            return torch.minimum(lobes, tip)
        case _:  # frame
            return box(0.66, 0.66).abs() - 0.16
'''

LOAD_SHAPES = Template("""\
    train = Shapes(2000, first_seed=10_000 * SEED, transform=$train)
$plain\
    test = Shapes(500, first_seed=10_000 * SEED + 5_000, transform=$test)
    return $result
""")

FILL = '''\
class Fill:
    """Scales an image until it covers the size, and cuts out its middle."""

    def __init__(self, height: int, width: int) -> None:
        self.size = (width, height)

    def __call__(self, image: Image.Image) -> Image.Image:
        return ImageOps.fit(image, self.size, Image.Resampling.BILINEAR)
'''

CUTOUT = '''\
class Cutout:
    """Blanks a square anywhere in an image (DeVries and Taylor, 2017)."""

    def __init__(self, side: int) -> None:
        self.side = side

    def __call__(self, image: Tensor) -> Tensor:
        top = torch.randint(image.shape[1], ()).item() - self.side // 2
        left = torch.randint(image.shape[2], ()).item() - self.side // 2
        image = image.clone()
        image[:, max(0, top) : top + self.side, max(0, left) : left + self.side] = 0
        return image
'''

BEST_DEVICE = '''\
def best_device() -> torch.device:
    """A GPU where there is one."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")
'''

INITIALISE = Template('''\
def initialise(module: nn.Module) -> None:
    """Draws the weights of convolutions and linear layers; biases start at zero."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        $draw
        if module.bias is not None:
            nn.init.zeros_(module.bias)
''')

TRAIN_EPOCH = Template('''\
def train_epoch(
    model: nn.Module,
    batches: DataLoader,
    optimizer: torch.optim.Optimizer,
    device: torch.device,
$parameters\
) -> tuple[float, float]:
    """Trains on every image once; returns the mean loss and the accuracy meanwhile."""
    model.train()
    loss_sum, correct, seen = 0.0, 0, 0
    for images, labels in batches:
        images, labels = images.to(device), labels.to(device)
$loss\
$update\
        loss_sum += loss.item() * len(labels)
        correct += (logits.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return loss_sum / seen, correct / seen
''')

EVALUATE = '''\
@torch.no_grad()
def evaluate(
    model: nn.Module, batches: DataLoader, device: torch.device
) -> tuple[float, float]:
    """The mean loss and the accuracy on images that training has not seen."""
    model.eval()
    loss_sum, correct, seen = 0.0, 0, 0
    for images, labels in batches:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss = nn.functional.cross_entropy(logits, labels)
        loss_sum += loss.item() * len(labels)
        correct += (logits.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return loss_sum / seen, correct / seen
'''

ARGUMENTS = """\
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="train on the first N images only")
    parser.add_argument("--out", default="weights.pt", help="where to save the weights")
    args = parser.parse_args()
"""

SPLIT = """\
    aside = max(1, round(VALIDATION_SHARE * len(train_data)))
    train_data, val_data = random_split(
        train_data,
        [len(train_data) - aside, aside],
        generator=torch.Generator().manual_seed(SEED),
    )
"""

EPOCH_REPORT = Template("""\
        print(
            f"epoch {epoch}/{args.epochs}: loss {loss:.4f}, accuracy {accuracy:.2%},"
            f" $words loss {${name}_loss:.4f}, $words accuracy {${name}_accuracy:.2%}",
            flush=True,
        )
""")

KEEP_BEST = """\
            best_weights = copy.deepcopy(model.state_dict())
"""

STOP_EARLY = Template("""\
        if ${name}_loss < best_loss:
            best_loss, best_epoch = ${name}_loss, epoch
$keep\
        elif epoch - best_epoch >= PATIENCE:
            print(f"no better loss since epoch {best_epoch}: stopped", flush=True)
            break
""")

TEST = """\
    test_loss, test_accuracy = evaluate(model, test_batches, device)
    print(f"test loss {test_loss:.4f}, test accuracy {test_accuracy:.2%}")
"""

SAVE = """\
    torch.save(model.state_dict(), args.out)
    print(f"saved {args.out}")


if __name__ == "__main__":
    main()
"""
