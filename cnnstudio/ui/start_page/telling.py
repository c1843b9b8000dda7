"""What a card says about a network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.quantity import grouped, short
from cnnstudio.core.shape import shape_text
from cnnstudio.ui.start_page.card import CardText
from cnnstudio.ui.start_page.estimate import Estimate, estimate
from cnnstudio.ui.start_page.silhouette import Column, columns

translate = QCoreApplication.translate

_WATCHED = 90 * 60
"""Nobody waits longer than so many seconds for an epoch."""


def told(document: Document) -> tuple[CardText, tuple[Column, ...]]:
    """A preset: what goes in, how large it is, who it is from, and whether it trains here in minutes."""
    inference = infer(document)
    layers = columns(inference)
    cost = estimate(inference, len(layers))
    shape, params = shape_text(document.input.shape), short(inference.params)
    time = _sentence(cost) if cost else ""
    spoken = translate("StartPage", "{name}, input {shape}, {params} parameters").format(
        name=document.name, shape=shape, params=grouped(inference.params)
    )
    text = CardText(
        title=document.name,
        facts=translate("StartPage", "{shape} · {params} params").format(shape=shape, params=params),
        time=_badge(cost) if cost else "",
        fast=cost is not None and cost.minutes,
        source=document.source,
        tip="\n".join(filter(None, (document.name, document.summary, document.source, time))),
        spoken=", ".join(filter(None, (spoken, time))),
    )
    return text, layers


def told_file(path: Path, document: Document) -> tuple[CardText, tuple[Column, ...]]:
    """A recent file: its name and what is in it."""
    inference = infer(document)
    facts = translate("StartPage", "{name} · {params} params").format(
        name=document.name, params=short(inference.params)
    )
    text = CardText(path.name, facts, tip=str(path), spoken=f"{path.name}, {facts}")
    return text, columns(inference)


def _badge(cost: Estimate) -> str:
    text = (
        translate("StartPage", "≈ {time} an epoch")
        if cost.seconds < _WATCHED
        else translate("StartPage", "≈ {time} an epoch · GPU")
    )
    return text.format(time=_duration(cost.seconds))


def _sentence(cost: Estimate) -> str:
    text = translate("StartPage", "about {time} an epoch on two cores (all {images} images of {data})")
    return text.format(time=_duration(cost.seconds), images=grouped(cost.images), data=cost.data)


def _duration(seconds: float) -> str:
    """One digit is all that a rule of thumb knows."""
    if seconds < 50:
        text, number = translate("StartPage", "{number} s"), max(5, round(seconds / 10) * 10)
    elif seconds < 90 * 60:
        text, number = translate("StartPage", "{number} min"), max(1, _rounded(seconds / 60))
    elif seconds < 36 * 3600:
        text, number = translate("StartPage", "{number} h"), _rounded(seconds / 3600)
    else:
        text, number = translate("StartPage", "{number} days"), _rounded(seconds / 86400)
    return text.format(number=number)


def _rounded(number: float) -> int:
    return round(number) if number < 10 else round(number / 5) * 5
