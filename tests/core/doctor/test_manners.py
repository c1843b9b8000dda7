"""The doctor never speaks without data, never raises, and changes only what is still as it was."""

from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cnnstudio.core.doctor import advise, case_of, remedies
from cnnstudio.core.document import walk
from cnnstudio.core.edits import change
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Epoch
from cnnstudio.core.settings_edits import with_setting
from tests.core.doctor.patients import SMALL, network
from tests.strategies import documents

ANY = st.floats(allow_nan=True, allow_infinity=True)
PHASES = (Phase.explicit, Phase.generate)
MAYBE = st.none() | ANY
COUNTS = st.integers(0, 10_000)
KINDS = ("Conv2d", "Linear", "ReLU", "Sigmoid", "Tanh", "BatchNorm2d", "Residual", "Softmax", "nonsense")
SPREADS = st.builds(Histogram, ANY, ANY, st.lists(COUNTS, max_size=5).map(tuple))
BLOCKS = st.builds(
    BlockHealth,
    path=st.sampled_from(("", "conv1", "layer1.0.relu")),
    node=st.sampled_from(("b1", "b2", "b3", "b9999", "")),
    kind=st.sampled_from(KINDS),
    activation_mean=MAYBE,
    activation_std=MAYBE,
    zeros=MAYBE,
    dead=MAYBE,
    activations=st.none() | SPREADS,
    gradient_norm=MAYBE,
    gradients=st.none() | SPREADS,
    weight_norm=MAYBE,
    update_ratio=MAYBE,
    weights=COUNTS,
)
LOOKS = st.builds(Health, COUNTS, COUNTS, COUNTS, ANY, ANY, st.lists(BLOCKS, max_size=12).map(tuple))
EPOCHS = st.builds(
    Epoch, st.integers(1, 50), COUNTS, ANY, ANY, ANY, ANY, ANY, ANY, ANY, COUNTS, st.just("validation")
)


@given(
    documents(),
    st.lists(EPOCHS, max_size=8),
    st.lists(st.tuples(ANY, ANY), max_size=40),
    st.lists(LOOKS, max_size=3),
    st.lists(COUNTS, max_size=4),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, phases=PHASES)
def test_whatever_is_known_it_never_raises(document, epochs, losses, looks, counts, diverged) -> None:  # type: ignore[no-untyped-def]
    case = case_of(
        document, epochs=epochs, losses=losses, health=looks, class_counts=counts, diverged=diverged
    )
    for advice in advise(case):
        assert str(advice)
        assert advice.node is None or advice.node in {node.id for node in walk(document.body)} | {
            block.node for look in looks for block in look.blocks
        }
        known = {(p.node, p.fault.text) for p in infer(document).problems}
        for remedy in advice.remedies:
            assert str(remedy)
            new = {(p.node, p.fault.text) for p in infer(remedy.document).problems}
            assert new <= known


@given(documents())
@settings(max_examples=60, deadline=None)
def test_without_data_only_what_stands_in_the_document_is_told(document) -> None:  # type: ignore[no-untyped-def]
    said = {advice.rule for advice in advise(case_of(document))}
    assert said <= {"softmax-before-loss", "input-scale"}


def dead(document_loss: float = 1.0) -> Health:
    relu = BlockHealth("relu1", "b2", "ReLU", dead=0.9)
    return Health(1, 10, 64, document_loss, 0.1, (relu,))


def offers(case) -> list[str]:  # type: ignore[no-untyped-def]
    return [str(remedy) for advice in advise(case) for remedy in advice.remedies]


def test_remedies_change_the_document_that_is_open() -> None:
    trained = network(*SMALL, optimizer__lr=0.1)
    renamed = replace(trained, name="Another name")
    case = case_of(trained, present=renamed, health=[dead()])
    (advice,) = advise(case)
    assert {remedy.document.name for remedy in advice.remedies} == {"Another name"}


def test_what_has_been_done_is_not_offered_again() -> None:
    trained = network(*SMALL, optimizer__lr=0.1)
    case = case_of(trained, health=[dead()])
    assert offers(case) == ["Replace ReLU by Leaky ReLU", "Set Learning rate to 0.01"]
    slower = with_setting(trained, "optimizer.lr", 0.01)
    assert offers(case_of(trained, present=slower, health=[dead()])) == ["Replace ReLU by Leaky ReLU"]
    (advice,) = advise(case)
    other = case_of(trained, present=advice.remedies[0].document, health=[dead()])
    assert offers(other) == ["Set Learning rate to 0.01"]


def test_another_network_with_the_same_ids_is_left_alone() -> None:
    trained = network(*SMALL, optimizer__lr=0.1)
    other = network('"block": "Flatten"', '"block": "Linear", "out_features": 4')
    assert offers(case_of(trained, present=other, health=[dead()])) == []


def test_a_remedy_of_two_settings_is_one_sentence() -> None:
    case = case_of(network(*SMALL, optimizer__lr=0.1))
    both = remedies.settings(case, optimizer__lr=0.05, optimizer__momentum=0.5)
    assert str(both) == "Set Learning rate to 0.05 and Momentum to 0.5"
    alike = remedies.settings(case, optimizer__lr=0.5, optimizer__momentum=0.5)
    assert str(alike) == "Set Learning rate and Momentum to 0.5"
    # Not put together from pieces: translators have it whole, and in any order.
    assert alike is not None
    assert alike.text == "Set {setting} and {other} to {value}"


def test_every_remedy_says_what_changes() -> None:
    trained = network(*SMALL, optimizer__lr=0.1)
    (advice,) = advise(case_of(trained, health=[dead()]))
    said = [(c.label, str(c.before), str(c.after)) for remedy in advice.remedies for c in remedy.changes]
    assert said == [("Activation", "ReLU", "Leaky ReLU"), ("Learning rate", "0.1", "0.01")]


def test_a_changed_block_is_not_replaced() -> None:
    trained = network('"block": "LeakyReLU"', '"block": "Tanh"', *SMALL)
    changed = change(trained, "b1", negative_slope=0.2)
    spread = Histogram(-1.0, 1.0, (50, 0, 0, 0, 0, 0, 0, 0, 0, 50))
    look = Health(1, 10, 64, 1.0, 0.1, (BlockHealth("tanh", "b2", "Tanh", activations=spread),))
    assert "Replace Tanh by ReLU" in offers(case_of(trained, present=changed, health=[look]))
