"""Checks of the problem `the-layer`, as scenarios."""

from grader.checks import Case, floats, gradient, scenario, sizes, vary


class Batch(Case):
    """REPLACE: what a scenario is tried with."""

    n, d = sizes(1, 6), sizes(1, 4)
    X, G = floats("n", "d"), floats("n", "d")
    a = floats(nonzero=True)


@scenario(Batch)
def train(module, case):
    """REPLACE: what is done with a layer, and what of it is looked at."""
    layer = module.TheLayer(a=case.a)
    yield "forward", layer.forward(case.X)
    yield "input-gradient", layer.backward(case.G)
    yield "parameter-gradient", layer.grad_a


gradient("input-gradient", of="forward", wrt="X", upstream="G")
gradient("parameter-gradient", of="forward", wrt="a", upstream="G")
vary(inputs=["X", "G"], purity="purity")
