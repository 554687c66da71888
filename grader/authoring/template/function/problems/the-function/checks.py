"""Checks of the problem `the-function`, as scenarios."""

from grader.checks import Case, floats, scenario, sizes, vary


class Input(Case):
    """REPLACE: what the function is tried with."""

    n, d = sizes(1, 5), sizes(1, 5)
    X = floats("n", "d")


@scenario(Input)
def call(module, case):
    """REPLACE: what is called, and what of it is looked at."""
    yield "values", module.theFunction(case.X)


vary(purity="purity")
