"""Checks of the problem `batch-norm`, as scenarios."""

from grader.checks import Case, floats, gradient, one_of, scenario, sizes, vary


class Batch(Case):
    """A batch, an upstream gradient, and what a layer may have learned."""

    rows, features = sizes(2, 6), sizes(1, 4)
    momentum, eps = one_of(0.9, 0.5), one_of(1e-5, 0.1)
    X, G = floats("rows", "features"), floats("rows", "features")
    gamma, beta = floats("features", nonzero=True, scaled=False), floats("features")
    mean, var = floats("features"), floats("features", between=(0.5, 2.0))


def trained(module, case):
    """A layer whose parameters and statistics are the case's."""
    layer = module.BatchNorm(case.features, momentum=case.momentum, eps=case.eps)
    layer.gamma, layer.beta = case.gamma, case.beta
    layer.running_mean, layer.running_var = case.mean, case.var
    return layer


@scenario(
    Batch,
    titles={"start": "gamma and running_var begin with ones, the others with zeros"},
    fresh=True,
)
def new(module, case):
    """Nothing is set by the judge."""
    layer = module.BatchNorm(case.features)
    yield "start", (layer.gamma, layer.beta, layer.running_mean, layer.running_var)
    yield "start.defaults", (layer.momentum, layer.eps)


@scenario(
    Batch,
    titles={
        "forward": "Each feature has mean 0 and variance 1, times gamma, plus beta",
        "running": "The running statistics move towards those of the batch",
        "input-gradient": "The gradient goes through the mean and the variance as well",
        "parameter-gradients.gamma": "dgamma is summed over the batch",
        "parameter-gradients.beta": "dbeta is summed over the batch",
    },
    needs={"running": "forward"},
)
def train(module, case):
    """One step of training."""
    layer = trained(module, case)
    yield "forward", layer.forward(case.X)
    yield "input-gradient", layer.backward(case.G)
    yield "parameter-gradients.gamma", layer.dgamma
    yield "parameter-gradients.beta", layer.dbeta
    yield "running", (layer.running_mean, layer.running_var)


gradient("input-gradient", of="forward", wrt="X", upstream="G")
gradient("parameter-gradients.gamma", of="forward", wrt="gamma", upstream="G")
gradient("parameter-gradients.beta", of="forward", wrt="beta", upstream="G")


@scenario(
    Batch,
    titles={
        "evaluation": "In evaluation the running statistics are used",
        "evaluation.kept": "They stay as they are then",
    },
    needs={"evaluation": "forward"},
)
def evaluate(module, case):
    """With statistics that the batch does not have."""
    layer = trained(module, case)
    yield "evaluation", layer.forward(case.X, training=False)
    yield "evaluation.kept", (layer.running_mean, layer.running_var)


vary(inputs=("X", "G"), dtypes=["float32"], purity="purity")


@scenario(
    Batch,
    titles={"running.later": "They move on with each batch, evaluation aside"},
    needs={"running.later": ("start", "forward", "evaluation.kept")},
)
def several(module, case):
    """Three batches, and one in evaluation between them."""
    layer = module.BatchNorm(case.features, momentum=case.momentum)
    for batch, training in ((case.X, True), (case.G, False), (case.G, True), (case.X, True)):
        layer.forward(batch, training=training)
        yield "running.later", (layer.running_mean, layer.running_var)
