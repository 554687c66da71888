"""Checks of the problem `softmax-cross-entropy`, as scenarios."""

import numpy as np

from grader.checks import Case, floats, gradient, integers, scenario, sizes, vary


class Batch(Case):
    """Scores and labels."""

    rows, classes = sizes(1, 6), sizes(2, 5)
    scores = floats("rows", "classes", scaled=False)
    labels = integers(0, "classes", "rows")

    @property
    def far_scores(self):
        """Scores around 1000 and -1000, and the first of each row 800 below the others."""
        around = np.where(np.arange(self.rows) % 2, -1000.0, 1000.0)[:, None]
        return self.scores + around - 800.0 * np.eye(1, self.classes)


@scenario(Batch, titles={"softmax": "Each row of scores becomes probabilities"})
def probabilities(module, case):
    """For scores of ordinary size."""
    yield "softmax", module.softmax(case.scores)


@scenario(
    Batch,
    titles={
        "loss": "The loss is the mean over the rows",
        "gradient": "The gradient is (p - y) / n",
    },
)
def loss(module, case):
    """For scores of ordinary size."""
    yield ("loss", "gradient"), module.cross_entropy(case.scores, case.labels)


gradient("gradient", of="loss", wrt="scores")
vary(purity="purity")


@scenario(
    Batch,
    titles={
        "stable.softmax": "Probabilities of large scores",
        "stable.loss": "The loss of large scores",
        "stable.gradient": "The gradient of large scores",
    },
    needs={"stable.softmax": "softmax", "stable.loss": "loss", "stable.gradient": "gradient"},
)
def large(module, case):
    """Where powers overflow, or vanish."""
    yield "stable.softmax", module.softmax(case.far_scores)
    yield ("stable.loss", "stable.gradient"), module.cross_entropy(case.far_scores, case.labels)
