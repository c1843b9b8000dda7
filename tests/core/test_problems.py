"""Problems name the block and offer only fixes that work; totals survive them."""

import pytest
from hypothesis import given, settings

from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.fixes import fixes
from cnnstudio.core.infer import infer
from tests.strategies import documents


def network(body: str, classes: int = 10, side: int = 32) -> Document:
    """A document around a body in JSON."""
    return read_document(
        f'{{"format": "cnnstudio", "version": 1, "classes": {classes}, "body": [{body}],'
        f' "input": {{"height": {side}, "width": {side}, "channels": 3}}}}'
    )


CONV = '{"block": "Conv2d", "out_channels": 8, "kernel_size": 3}'
THREE_GROUPS = '{"block": "Conv2d", "out_channels": %d, "groups": 3}'
STRIDED = '{"block": "Conv2d", "out_channels": 8, "stride": 2, "padding": 1}'
STRIDED_FIRST = '{"block": "Conv2d", "out_channels": 8, "padding": 1, "first": {"stride": 2}}'
SAME_SIZE = "which must have the same height and width"
PADDED = '{"block": "Conv2d", "out_channels": 8, "padding": 1}'
POOLED = ", ".join(['{"block": "MaxPool2d"}'] * 3)
POOLS = ", ".join(['{"block": "MaxPool2d"}'] * 6)
GROUP = '{"block": "Group", "body": [%s]}'
REPEAT = '{"block": "Repeat", "body": [%s]}'
RESIDUAL = '{"block": "Residual", "body": [%s]}'
STRIDED_RESIDUAL = RESIDUAL % STRIDED
NARROWED = RESIDUAL % '{"block": "Conv2d", "out_channels": 8, "stride": [1, 2], "padding": 1}'
STRIDED_BRANCHES = f'{{"block": "Parallel", "branches": [[{CONV}, {STRIDED}], [{PADDED}, {STRIDED}]]}}'
POOL = '{"block": "MaxPool2d", "kernel_size": %d}'
FIVE = '{"block": "Conv2d", "out_channels": 8, "kernel_size": 5}'
DISABLED = '{"block": "%s", "disabled": true}'
LOWERED = '{"block": "Conv2d", "out_channels": 8, "stride": [2, 1], "padding": 1}'
GATE = f'{PADDED}, {{"block": "AdaptiveAvgPool2d"}}'
PROJECTION = "Add 1×1 Conv2d and Batch norm to the shortcut"
LINEAR = '{"block": "Flatten"}, {"block": "Linear", "out_features": 10}'


def test_totals_survive_an_error() -> None:
    result = infer(network(f'{CONV}, {{"block": "Linear", "out_features": 10}}'))
    (problem,) = result.problems
    assert problem.node == "b2"
    assert str(problem.fault) == "needs a flat input, got 30×30×8"
    assert result.params == 8 * (27 + 1)
    assert result.body.output == (10,)
    assert result.body.faults == 1


def test_what_follows_an_error_is_inferred_where_it_can_be() -> None:
    result = infer(network(f'{CONV}, {{"block": "Linear", "out_features": 20}}, {LINEAR}'))
    assert len(result.problems) == 1
    assert result.body.reports[-1].params == 10 * 21


FAULTY: list[tuple[str, str, list[str]]] = [
    (
        f'{CONV}, {{"block": "Linear", "out_features": 10}}',
        "needs a flat input, got 30×30×8",
        ["Insert Flatten", "Insert Global average pool"],
    ),
    (
        f"{THREE_GROUPS % 9}, {THREE_GROUPS % 10}, {LINEAR}",
        "needs input channels and filters that 3 groups divide, got 9 channels and 10 filters",
        ["Set Filters to 12", "Set Groups to 1"],
    ),
    (
        f'{{"block": "MaxPool2d", "kernel_size": 2, "padding": 2}}, {LINEAR}',
        "has padding 2, but at most half of its window (1) is allowed",
        ["Set Padding to 1"],
    ),
    (
        f'{{"block": "Conv2d", "kernel_size": 40}}, {LINEAR}',
        "needs at least 40 pixels across, got 32 with its padding",
        ["Set Padding to 4", "Set Kernel to 32", "Remove Conv2d"],
    ),
    (
        f"{CONV}, {STRIDED_BRANCHES}, {LINEAR}",
        f"concatenates the channels of branches with 14×14×8 and 15×15×8, {SAME_SIZE}",
        ["Set Padding to 1 in Conv2d"],
    ),
    (
        f'{CONV}, {{"block": "Residual", "body": [{GROUP % CONV}]}}, {LINEAR}',
        "adds its body (28×28×8) to its shortcut (30×30×8), which must have the same shape",
        ["Set Padding to 1 in Conv2d"],
    ),
    (  # the last block that has filters, and that is there
        RESIDUAL % f'{PADDED}, {PADDED}, {{"block": "ReLU"}}, {DISABLED % "Conv2d"}' + f", {LINEAR}",
        "adds its body (32×32×8) to its shortcut (32×32×3), which must have the same shape",
        [PROJECTION, "Set Filters to 3 in Conv2d"],
    ),
    (
        f'{{"block": "Flatten"}}, {{"block": "Residual", "body": [{{"block": "Linear"}}]}}, {LINEAR}',
        "adds its body (10) to its shortcut (3072), which must have the same shape",
        ["Add Linear to the shortcut"],
    ),
    (  # what comes out then is another thing
        f'{{"block": "Flatten"}}, {{"block": "Linear", "out_features": 12}}, {CONV}',
        "needs a map (height × width × channels), got 12 flat features",
        ["Remove Conv2d"],
    ),
    (
        f'{LINEAR}, {{"block": "Softmax"}}, {CONV}',
        "needs a map (height × width × channels), got 10 flat features",
        ["Remove Conv2d"],
    ),
    (  # one more thing is wrong with the same block
        f'{{"block": "Conv2d", "kernel_size": 40, "groups": 2}}, {LINEAR}',
        "needs at least 40 pixels across, got 32 with its padding",
        ["Set Padding to 4", "Set Kernel to 32", "Remove Conv2d"],
    ),
    (  # and the same with another one
        f"{THREE_GROUPS % 10}, {THREE_GROUPS % 10}, {LINEAR}",
        "needs input channels and filters that 3 groups divide, got 3 channels and 10 filters",
        ["Set Filters to 12", "Set Groups to 1"],
    ),
    (
        f'{{"block": "Conv2d", "kernel_size": [3, 40]}}, {LINEAR}',
        "needs at least 40 pixels across, got 32 with its padding",
        ["Set Padding to 0×4", "Set Kernel to 3×32", "Remove Conv2d"],
    ),
    (
        f'{{"block": "Conv2d", "kernel_size": [50, 3], "padding": [1, 2]}}, {LINEAR}',
        "needs at least 50 pixels across, got 34 with its padding",
        ["Set Padding to 9×2", "Set Kernel to 34×3", "Remove Conv2d"],
    ),
    (
        f'{{"block": "Group", "body": [{{"block": "AuxClassifier", "head": [{LINEAR}]}}]}}, {LINEAR}',
        "can stand in the network's own stack only",
        ["Remove Auxiliary classifier"],
    ),
    (
        f'{CONV}, {{"block": "Residual", "body": [{PADDED}, {CONV}]}}, {LINEAR}',
        "adds its body (28×28×8) to its shortcut (30×30×8), which must have the same shape",
        ["Set Padding to 1 in Conv2d"],
    ),
    (
        f'{{"block": "Residual", "body": [{CONV}]}}, {LINEAR}',
        "adds its body (30×30×8) to its shortcut (32×32×3), which must have the same shape",
        [
            "Set Padding to 1 in Conv2d + Add 1×1 Conv2d and Batch norm to the shortcut",
            "Set Padding to 1 in Conv2d + Set Filters to 3 in Conv2d",
        ],
    ),
    (
        f'{CONV}, {{"block": "Residual", "body": [{CONV}]}}, {LINEAR}',
        "adds its body (28×28×8) to its shortcut (30×30×8), which must have the same shape",
        ["Set Padding to 1 in Conv2d"],
    ),
    (
        f'{{"block": "Residual", "body": [{PADDED}]}}, {LINEAR}',
        "adds its body (32×32×8) to its shortcut (32×32×3), which must have the same shape",
        ["Add 1×1 Conv2d and Batch norm to the shortcut", "Set Filters to 3 in Conv2d"],
    ),
    (
        f'{{"block": "Residual", "body": [{LINEAR}]}}, {LINEAR}',
        "adds its body (10) to its shortcut (32×32×3), which must have the same shape",
        ["Add Flatten and Linear to the shortcut"],
    ),
    (
        f'{{"block": "Parallel", "merge": "concat", "branches": [[{CONV}], [{CONV}, {CONV}]]}}, {LINEAR}',
        f"concatenates the channels of branches with 30×30×8 and 28×28×8, {SAME_SIZE}",
        ["Adjust the padding of 3 blocks"],
    ),
    (
        f'{{"block": "Parallel", "merge": "concat", "branches": [[{STRIDED}], []]}}, {LINEAR}',
        f"concatenates the channels of branches with 16×16×8 and 32×32×3, {SAME_SIZE}",
        ["Add Max pool to branch 2"],
    ),
    (
        f'{{"block": "Parallel", "merge": "add", "branches": [[{PADDED}], []]}}, {LINEAR}',
        "adds branches with 32×32×8 and 32×32×3, which must have the same shape",
        ["Add 1×1 Conv2d to branch 1", "Add 1×1 Conv2d to branch 2"],
    ),
    (
        f'{{"block": "Parallel", "branches": [[{LOWERED}], []]}}, {LINEAR}',
        f"concatenates the channels of branches with 16×32×8 and 32×32×3, {SAME_SIZE}",
        ["Add Max pool to branch 2"],
    ),
    (
        f'{{"block": "Parallel", "branches": [[{{"block": "Flatten"}}], []]}}, {LINEAR}',
        f"concatenates the channels of branches with 3072 and 32×32×3, {SAME_SIZE}",
        [],
    ),
    (
        f'{{"block": "Parallel", "merge": "add", "branches": [[{{"block": "Flatten"}}], []]}}, {LINEAR}',
        "adds branches with 3072 and 32×32×3, which must have the same shape",
        [],
    ),
    (
        f'{{"block": "Parallel", "merge": "multiply", "branches": [[{PADDED}], [{CONV}], [{GATE}]]}},'
        + LINEAR,
        "multiplies branches with 32×32×8 and 30×30×8 and 1×1×8, which must have the same shape",
        ["Set Padding to 1 in Conv2d"],
    ),
    (
        f'{{"block": "Parallel", "merge": "add", "branches": []}}, {LINEAR}',
        "needs at least one branch",
        ["Remove Parallel"],
    ),
    (
        f"{POOLS}, {LINEAR}",
        "needs at least 2 pixels across, got 1 with its padding",
        ["Remove Max pool", "Set Padding to 1", "Remove Max pool above"],
    ),
    (
        f'{POOLED}, {{"block": "Conv2d", "out_channels": 8, "kernel_size": 5}}, {LINEAR}',
        "needs at least 5 pixels across, got 4 with its padding",
        ["Set Padding to 1", "Set Kernel to 4", "Remove Conv2d", "Remove Max pool above"],
    ),
    (
        f'{{"block": "Residual", "body": [{STRIDED}]}}, {LINEAR}',
        "adds its body (16×16×8) to its shortcut (32×32×3), which must have the same shape",
        ["Add 1×1 Conv2d and Batch norm to the shortcut"],
    ),
    (
        f'{{"block": "Repeat", "body": [{{"block": "Residual", "body": [{STRIDED_FIRST}]}}]}}, {LINEAR}',
        "adds its body (16×16×8) to its shortcut (32×32×3), which must have the same shape",
        ["Add 1×1 Conv2d and Batch norm to the shortcut of the first repetition"],
    ),
    (
        REPEAT % f'{{"block": "Parallel", "branches": [[{STRIDED_FIRST}], []]}}' + f", {LINEAR}",
        f"concatenates the channels of branches with 16×16×8 and 32×32×3, {SAME_SIZE}",
        ["Add Max pool to branch 2 of the first repetition"],
    ),
    (
        f'{CONV}, {{"block": "Flatten"}}, {CONV}, {LINEAR}',
        "needs a map (height × width × channels), got 7200 flat features",
        ["Remove Flatten above", "Remove Conv2d"],
    ),
    (
        f'{CONV}, {{"block": "Flatten"}}, {{"block": "Linear", "out_features": 12}}',
        "ends with 12, but the loss needs one number for each of the 10 classes",
        ["Set Features to 10", "Insert Linear"],
    ),
    (
        CONV,
        "ends with 30×30×8, but the loss needs one number for each of the 10 classes",
        ["Insert Flatten and Linear", "Insert Global average pool and Linear"],
    ),
    (
        f'{CONV}, {{"block": "Flatten"}}, {{"block": "Linear", "out_features": 12}}, {{"block": "ReLU"}}',
        "ends with 12, but the loss needs one number for each of the 10 classes",
        ["Set Features to 10 in Linear", "Insert Linear"],
    ),
    (
        '{"block": "Conv2d", "out_channels": 10}',
        "ends with 30×30×10, but the loss needs one number for each of the 10 classes",
        ["Insert Global average pool", "Insert Flatten and Linear"],
    ),
    (
        "",
        "ends with 32×32×3, but the loss needs one number for each of the 10 classes",
        ["Insert Flatten and Linear", "Insert Global average pool and Linear"],
    ),
    (
        f'{LINEAR}, {{"block": "Softmax"}}',
        "stands before the cross-entropy loss, which applies softmax itself: learning slows down",
        ["Remove Softmax"],
    ),
    (
        f'{{"block": "GroupNorm", "num_groups": 2}}, {LINEAR}',
        "needs channels that 2 groups divide, got 3 channels",
        ["Set Groups to 1"],
    ),
]
"""Networks with what is wrong first, and what is offered against it."""


@pytest.mark.parametrize(("body", "sentence", "offered"), FAULTY)
def test_problems_and_their_fixes(body: str, sentence: str, offered: list[str]) -> None:
    result = infer(network(body))
    problem = result.problems[0]
    assert str(problem.fault) == sentence
    assert [str(fix) for fix in fixes(result, problem)] == offered


def test_a_warning_does_not_keep_a_network_from_training() -> None:
    assert infer(network(f'{LINEAR}, {{"block": "Softmax"}}')).trainable


@pytest.mark.parametrize(
    ("body", "offer", "before", "after"),
    [
        (f'{CONV}, {{"block": "Linear", "out_features": 10}}', "Insert Flatten", (8, 30, 30), (7200,)),
        ("", "Insert Flatten and Linear", (3, 32, 32), (10,)),
        (CONV, "Insert Flatten and Linear", (8, 30, 30), (10,)),
        (f"{POOLS}, {LINEAR}", "Remove Max pool", None, (10,)),
        (f"{POOLS}, {LINEAR}", "Remove Max pool above", (3, 1, 1), (3, 2, 2)),
        (f"{POOL % 4}, {POOL % 2}, {FIVE}, {LINEAR}", "Remove Max pool above", (3, 4, 4), (3, 8, 8)),
        (
            f'{POOL % 8}, {DISABLED % "MaxPool2d"}, {{"block": "ReLU"}}, {GROUP % FIVE}, {LINEAR}',
            "Remove Max pool above",
            (3, 4, 4),
            (3, 32, 32),
        ),
        (f"{THREE_GROUPS % 10}, {LINEAR}", "Set Filters to 12", (10, 30, 30), (12, 30, 30)),
        (f'{{"block": "Residual", "body": [{PADDED}]}}, {LINEAR}', PROJECTION, (3, 32, 32), (8, 32, 32)),
        (
            f"{NARROWED}, {LINEAR}",
            PROJECTION,
            (3, 32, 32),
            (8, 32, 16),
        ),
        (
            f'{{"block": "Residual", "body": [{CONV}]}}, {LINEAR}',
            f"Set Padding to 1 in Conv2d + {PROJECTION}",
            (3, 32, 32),
            (8, 32, 32),
        ),
        (
            f'{{"block": "Residual", "body": [{CONV}]}}, {LINEAR}',
            "Set Padding to 1 in Conv2d + Set Filters to 3 in Conv2d",
            (8, 30, 30),
            (3, 32, 32),
        ),
        (
            f"{GROUP % CONV}, {GROUP % STRIDED_RESIDUAL}, {LINEAR}",
            PROJECTION,
            (8, 30, 30),
            (8, 15, 15),
        ),
    ],
)
def test_a_fix_shows_the_shape_before_and_after(
    body: str, offer: str, before: tuple[int, ...] | None, after: tuple[int, ...]
) -> None:
    result = infer(network(body))
    (fix,) = [fix for fix in fixes(result, result.problems[0]) if str(fix) == offer]
    assert (fix.before, fix.after) == (before, after)
    assert infer(fix.document).trainable


def test_a_projection_is_that_of_the_paper() -> None:
    """Of the channels and the stride of the body, without a bias, which the batch norm behind it has."""
    result = infer(network(f"{STRIDED_RESIDUAL}, {LINEAR}"))
    (fix,) = fixes(result, result.problems[0])
    shortcut = fix.document.body[0].stacks[1]
    assert [(type(n.block).__name__, list(map(str, n.block.details()))) for n in shortcut] == [
        ("Conv2d", ["stride 2", "padding 0", "no bias"]),
        ("BatchNorm2d", []),
    ]


def test_a_projection_of_a_branch_has_no_bias_either() -> None:
    result = infer(
        network(f'{{"block": "Parallel", "merge": "add", "branches": [[{PADDED}], []]}}, {LINEAR}')
    )
    fix = fixes(result, result.problems[0])[1]
    (added,) = fix.document.body[0].stacks[1]
    assert (str(added.block.headline()), list(map(str, added.block.details()))) == (
        "8 filters 1×1",
        ["stride 1", "padding 0", "no bias"],
    )


FEWER = f'{{"block": "Residual", "body": [{PADDED}]}}'
EIGHT_GROUPS = '{"block": "Conv2d", "out_channels": 8, "groups": 8}'


@pytest.mark.parametrize(
    "behind",
    [
        f'{{"block": "Group", "body": [{EIGHT_GROUPS}]}}, {LINEAR}',
        f'{EIGHT_GROUPS}, {{"block": "Flatten"}}, {CONV}, {LINEAR}',  # whose end nobody knows
    ],
)
def test_what_would_make_something_else_wrong_is_not_offered(behind: str) -> None:
    """As many filters as came in would do for the sum, but not for the eight groups behind it."""
    result = infer(network(f"{FEWER}, {behind}"))
    assert [str(fix) for fix in fixes(result, result.problems[0])] == [PROJECTION]


def test_the_end_may_be_wrong_where_nothing_was_known_of_it() -> None:
    result = infer(network(f'{CONV}, {{"block": "Flatten"}}, {CONV}, {{"block": "ReLU"}}'))
    (problem,) = result.problems
    fix = fixes(result, problem)[0]
    assert str(fix) == "Remove Flatten above"
    assert [str(p.fault) for p in infer(fix.document).problems] == [
        "ends with 28×28×8, but the loss needs one number for each of the 10 classes"
    ]


def test_a_head_needs_a_number_for_each_class() -> None:
    head = (
        '{"block": "AuxClassifier", "head": [{"block": "Flatten"}, {"block": "Linear", "out_features": 3}]}'
    )
    result = infer(network(f"{CONV}, {head}, {LINEAR}"))
    (problem,) = result.problems
    assert problem.node == "b4"
    assert str(fixes(result, problem)[0]) == "Set Features to 10"


def test_a_fix_may_uncover_what_was_hidden() -> None:
    """Nothing is known behind a convolution that got no map, so Linear's fault comes later."""
    result = infer(
        network(f'{CONV}, {{"block": "Flatten"}}, {CONV}, {{"block": "Linear", "out_features": 10}}')
    )
    assert [problem.node for problem in result.problems] == ["b3"]
    fix = fixes(result, result.problems[0])[0]
    assert [problem.node for problem in infer(fix.document).problems] == ["b4"]


def test_groups_that_do_not_divide_hide_nothing_behind_them() -> None:
    whole = infer(network(f"{THREE_GROUPS % 9}, {PADDED}, {LINEAR}"))
    faulty = infer(network(f"{THREE_GROUPS % 10}, {PADDED}, {LINEAR}"))
    assert [problem.node for problem in faulty.problems] == ["b1"]
    assert faulty.body.output == (10,)
    assert faulty.params > 0.9 * whole.params


def test_an_empty_head_gets_its_classifier() -> None:
    result = infer(network(f'{{"block": "AuxClassifier", "head": []}}, {LINEAR}'))
    (problem,) = result.problems
    fix, _ = fixes(result, problem)
    assert str(fix) == "Add Flatten and Linear to the head"
    assert infer(fix.document).trainable


@settings(max_examples=100)
@given(documents())
def test_every_fix_that_is_offered_removes_its_problem(document: Document) -> None:
    result = infer(document)
    for problem in result.problems:
        for fix in fixes(result, problem):
            after = infer(fix.document)
            assert all(p.fault.text != problem.fault.text for p in after.problems if p.node == problem.node)
            hidden = result.body.output is None or any(p.fault.assume is None for p in result.problems)
            assert hidden or after.body.faults <= result.body.faults
