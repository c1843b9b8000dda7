"""What the status bar says about the network."""

from dataclasses import dataclass

from cnnstudio.core.infer import Inference


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """Totals of the open document; ``zoom`` is in percent."""

    blocks: int
    params: int
    macs: int
    activation_bytes: int
    problems: int
    warnings: int
    zoom: int
    partial: bool = False
    """Whether something is left out of the totals, since nobody knows the shapes of a faulty block."""


def status_of(inference: Inference, zoom: int) -> BuildStatus:
    """The totals, with what is known beside and above a faulty block."""
    # Everybody starts with an empty network: that is no problem yet.
    problems = inference.problems if inference.document.body else ()
    warnings = sum(problem.warning for problem in problems)
    return BuildStatus(
        blocks=sum(len(node.ids) for node in inference.document.body),
        params=inference.params,
        macs=inference.macs,
        activation_bytes=inference.activation_bytes,
        problems=len(problems) - warnings,
        warnings=warnings,
        zoom=zoom,
        partial=inference.body.faults > 0,
    )
