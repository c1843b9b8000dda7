"""``cnnstudio evaluate``: what a run has learnt, class by class."""

from __future__ import annotations

from argparse import Namespace

from cnnstudio.cli.errors import CommandError
from cnnstudio.cli.progress import Bars, loss_text
from cnnstudio.cli.table import print_json, print_table
from cnnstudio.cli.train import result_values


def evaluate(options: Namespace) -> int:
    """Tests a run's weights."""
    from cnnstudio.engine.evaluate_run import evaluate_run
    from cnnstudio.engine.failure import explain

    try:
        with Bars() as bars:
            outcome = evaluate_run(options.run, options.data, options.device, bars.show)
    except Exception as error:
        raise CommandError(explain(error, None).sentence) from None
    score, result = outcome.score, outcome.result
    if options.json:
        of_class = dict(zip(outcome.class_names, score.class_accuracies))
        print_json(
            {
                **result_values(result),
                "test_images": score.images,
                "class_accuracy": of_class,
                "confusion": score.confusion.tolist(),
            }
        )
        return 0
    print(
        f"Test accuracy {100 * score.accuracy:.2f} % of {score.images} images,"
        f" test loss {loss_text(score.loss)}\n"
    )
    rows = [
        (name, "–" if share is None else f"{100 * share:.1f} %", str(count))
        for name, share, count in zip(
            outcome.class_names, score.class_accuracies, score.confusion.sum(1).tolist()
        )
    ]
    print_table(("class", "accuracy", "images"), rows, right=frozenset({1, 2}))
    return 0
