"""Which look answers which request."""

from __future__ import annotations

from collections.abc import Callable

from cnnstudio.core.looks import (
    FeatureMaps,
    Heat,
    KernelHistory,
    Kernels,
    LookReply,
    LookRequest,
    Predict,
    Shift,
    TestImages,
    TopPatches,
    Verdicts,
)
from cnnstudio.core.messages import Message
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import place
from cnnstudio.engine.looks.heat import heat
from cnnstudio.engine.looks.kernels import history, kernels_of
from cnnstudio.engine.looks.maps import feature_maps
from cnnstudio.engine.looks.patches import top_patches
from cnnstudio.engine.looks.predict import predict
from cnnstudio.engine.looks.shift import shift
from cnnstudio.engine.looks.subject import Looked, Training, look_at, network_of
from cnnstudio.engine.looks.verdicts import images, judged

Post = Callable[[LookReply | Message], None]


def answer(request: LookRequest, post: Post, control: Control, training: Training) -> None:
    """Tells all that the request asks for; raises what hinders it, and `Cancelled`."""
    match request:
        case Kernels(subject, path):
            post(kernels_of(network_of(subject, control, training), path))
        case KernelHistory():
            post(history(request, control, training))
        case _:
            looked = look_at(request.subject, post, control, training)
            try:
                _of_pictures(request, looked, post, control)
            except place.FAILURES:
                if not place.give_up(looked.network.device):
                    raise
                looked = look_at(request.subject, post, control, training)
                _of_pictures(request, looked, post, control)


def _of_pictures(
    request: Predict | FeatureMaps | Verdicts | TestImages | TopPatches | Heat | Shift,
    looked: Looked,
    post: Post,
    control: Control,
) -> None:
    match request:
        case Predict():
            post(predict(looked, request.picture))
        case FeatureMaps():
            feature_maps(looked, request, post, control)
        case Verdicts():
            post(judged(looked, post, control))
        case TestImages(_, indices):
            post(images(looked, indices))
        case TopPatches():
            top_patches(looked, request, post, post, control)
        case Heat():
            post(heat(looked, request, post, control))
        case Shift():
            post(shift(looked, request))
