"""Checks of the problem `dropout`, as scenarios."""

from grader.checks import Case, floats, gradient, integers, one_of, scenario, sizes, vary


class Batch(Case):
    """A batch, an upstream gradient, and how a layer is made."""

    n, d = sizes(1, 6), sizes(1, 5)
    X, G = floats("n", "d", nonzero=True), floats("n", "d", nonzero=True)
    rate = one_of(0.2, 0.5, 0.75, 0.0)
    seed = integers(0, 1000)


@scenario(
    Batch,
    titles={
        "forward": "What is left is divided by 1 - rate",
        "gradient": "The gradient goes where the numbers went",
    },
    needs={"gradient": "forward"},
)
def train(module, case):
    """One pass forward and back."""
    layer = module.Dropout(case.rate, seed=case.seed)
    yield "forward", layer.forward(case.X)
    yield "gradient", layer.backward(case.G)


gradient("gradient", of="forward", wrt="X", upstream="G")


@scenario(
    Batch,
    titles={
        "evaluation": "In evaluation the output is the input",
        "evaluation.gradient": "The gradient is what came then",
    },
)
def evaluate(module, case):
    """Nothing is left out."""
    layer = module.Dropout(case.rate, seed=case.seed)
    yield "evaluation", layer.forward(case.X, training=False)
    yield "evaluation.gradient", layer.backward(case.G)


@scenario(
    Batch,
    titles={
        "draws": "Each pass in training draws anew, and none in evaluation does",
        "draws.default": "The seed is 0 by default",
    },
    needs={"draws": ("forward", "evaluation"), "draws.default": "forward"},
    fresh=True,
)
def several(module, case):
    """Four passes, one of them in evaluation; and a second layer beside it."""
    layer, other = module.Dropout(case.rate, seed=case.seed), module.Dropout(case.rate, seed=7)
    for training in (True, False, True, True):
        other.forward(case.X)
        yield "draws", layer.forward(case.X, training=training)
    yield "draws.default", module.Dropout(case.rate).forward(case.X)


vary(inputs=["X", "G"], dtypes=["float32"], purity="purity")
