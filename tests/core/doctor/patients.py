"""Tiny networks that are trained for real, measured by hooks of their own, independent of the engine's."""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.doctor import Case, case_of
from cnnstudio.core.document import Document, find
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.core.messages import Epoch
from cnnstudio.core.settings_edits import with_settings
from cnnstudio.engine.build import build

SIDE, CLASSES = 12, 4
BATCH = 32


def network(*blocks: str, classes: int = CLASSES, side: int = SIDE, **settings: object) -> Document:
    """A network from blocks in JSON without braces, with settings (``optimizer__lr=0.1``)."""
    body = ", ".join("{" + block + "}" for block in blocks)
    document = read_document(
        f'{{"format": "cnnstudio", "version": 1, "classes": {classes}, "body": [{body}],'
        f' "input": {{"height": {side}, "width": {side}, "channels": 1}}}}'
    )
    return with_settings(document, {name.replace("__", "."): value for name, value in settings.items()})


def conv(filters: int) -> str:
    return f'"block": "Conv2d", "out_channels": {filters}, "kernel_size": 3, "padding": 1'


RELU, FLATTEN, NORM, POOL = (
    f'"block": "{kind}"' for kind in ("ReLU", "Flatten", "BatchNorm2d", "GlobalAvgPool2d")
)


def linear(features: int = CLASSES) -> str:
    return f'"block": "Linear", "out_features": {features}'


SMALL = (conv(8), RELU, '"block": "MaxPool2d"', FLATTEN, linear(16), RELU, linear())


@dataclass(frozen=True)
class Data:
    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor


def data(images: int = 256, noise: float = 0.5, side: int = SIDE) -> Data:
    """Each class is a pattern of its own under noise; pixels of about mean 0 and deviation 1."""
    generator = torch.Generator().manual_seed(1)
    patterns = torch.randn(CLASSES, 1, side, side, generator=generator)

    def drawn(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.randint(0, CLASSES, (count,), generator=generator)
        return patterns[labels] + noise * torch.randn(count, 1, side, side, generator=generator), labels

    return Data(*drawn(images), *drawn(256))


def trained(document: Document, data: Data, epochs: int = 4, batch: int = BATCH) -> Case:
    """Trains with plain SGD and momentum as the document says; looks at the blocks in each last step."""
    torch.manual_seed(0)
    built = build(document)
    module, optimizer = built.module, document.training.optimizer
    follow = torch.optim.SGD(module.parameters(), optimizer.lr, optimizer.momentum)
    paths = {path: node for node, all_paths in built.generated.paths.items() for path in all_paths}
    told, losses, looks, step = [], [], [], 0
    for epoch in range(1, epochs + 1):
        module.train()
        order = torch.randperm(len(data.images))
        right, total = 0, 0.0
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            images, labels = data.images[chosen], data.labels[chosen]
            last = start + batch >= len(order)
            probe = _Probe(module, paths, document) if last else None
            logits = module(images)
            loss = F.cross_entropy(logits, labels)
            follow.zero_grad()
            loss.backward()
            if probe is not None:
                probe.before()
            follow.step()
            step += 1
            losses.append((float(step), loss.item()))
            total += loss.item() * len(chosen)
            right += int((logits.argmax(1) == labels).sum())
            if probe is not None:
                looks.append(Health(epoch, step, len(chosen), loss.item(), optimizer.lr, probe.after()))
        module.eval()
        with torch.no_grad():
            logits = module(data.test_images)
            val = float(F.cross_entropy(logits, data.test_labels))
            hit = float((logits.argmax(1) == data.test_labels).float().mean())
        count = len(order)
        told.append(
            Epoch(epoch, step, total / count, right / count, val, hit, optimizer.lr, 1.0, 1.0, 1, "test")
        )
    return case_of(document, epochs=told, losses=losses, health=looks)


def without_training(case: Case) -> Case:
    return replace(case, epochs=(), losses=(), health=())


class _Probe:
    """One step: forward hooks now, gradients before the update, weights before and after it."""

    def __init__(self, module: nn.Module, paths: dict[str, str], document: Document) -> None:
        self._modules = {path: module.get_submodule(path) for path in paths if path}
        self._nodes = {path: paths[path] for path in self._modules}
        self._kinds = {p: type(find(document, node).block).__name__ for p, node in self._nodes.items()}
        self._outputs: dict[str, torch.Tensor] = {}
        self._handles = [
            part.register_forward_hook(lambda _m, _i, out, path=path: self._keep(path, out))
            for path, part in self._modules.items()
        ]
        self._old: dict[str, torch.Tensor] = {}
        self._gradients: dict[str, torch.Tensor] = {}

    def _keep(self, path: str, output: torch.Tensor) -> None:
        self._outputs[path] = output.detach()

    def before(self) -> None:
        for handle in self._handles:
            handle.remove()
        for path, part in self._modules.items():
            weights = [weight for weight in part.parameters(recurse=False) if weight.grad is not None]
            if weights:
                self._old[path] = torch.cat([weight.detach().flatten().clone() for weight in weights])
                self._gradients[path] = torch.cat([weight.grad.flatten().clone() for weight in weights])

    def after(self) -> tuple[BlockHealth, ...]:
        return tuple(self._block(path, part) for path, part in self._modules.items())

    def _block(self, path: str, part: nn.Module) -> BlockHealth:
        out = self._outputs.get(path)
        block = BlockHealth(path, self._nodes[path], self._kinds[path])
        if out is not None:
            units = out.movedim(1, 0).flatten(1)
            low, high = float(out.min()), float(out.max())
            counts = torch.histc(out.float(), 40, low, high + 1e-9).int().tolist()
            block = replace(
                block,
                activation_mean=float(out.mean()),
                activation_std=float(out.std()),
                zeros=float((out == 0).float().mean()),
                dead=float((units == 0).all(1).float().mean()),
                activations=Histogram(low, high, tuple(counts)),
            )
        if path in self._old:
            new = torch.cat([w.detach().flatten() for w in part.parameters(recurse=False)])
            old, gradient = self._old[path], self._gradients[path]
            block = replace(
                block,
                gradient_norm=float(gradient.norm()),
                weight_norm=float(old.norm()),
                update_ratio=float((new - old).norm() / old.norm()),
                weights=old.numel(),
            )
        return block
