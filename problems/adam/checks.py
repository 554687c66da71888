"""Checks of the problem `adam`, as scenarios."""

from grader.checks import Case, floats, one_of, scenario, sizes, vary


class Training(Case):
    """Parameters, their gradients in two steps, and how the optimizer is made."""

    n, m = sizes(1, 4), sizes(1, 3)
    W, gW, gW_later = floats("n", "m"), floats("n", "m"), floats("n", "m")
    b, gb, gb_later = floats("m"), floats("m"), floats("m")
    rate, eps = one_of(0.1, 0.01), one_of(1e-8, 0.1)
    beta1, beta2 = one_of(0.9, 0.5), one_of(0.999, 0.75)

    @property
    def nothing(self):
        """A gradient of zeros."""
        return 0 * self.gW


def made(module, case):
    """An optimizer with all that a case chooses."""
    return module.Adam(case.rate, beta1=case.beta1, beta2=case.beta2, eps=case.eps)


@scenario(
    Training,
    titles={"first": "The first step goes against the sign of the gradient"},
    fresh=True,
)
def first(module, case):
    """One array, one step."""
    yield "first", made(module, case).step([case.W], [case.gW])


@scenario(
    Training,
    titles={
        "later": "The means of earlier steps count, and are corrected for having begun with 0",
        "later.still": "A step without a gradient goes on",
    },
    needs={"later": "first", "later.still": "first"},
    fresh=True,
)
def later(module, case):
    """The same optimizer three times."""
    optimizer = made(module, case)
    optimizer.step([case.W], [case.gW])
    yield "later", optimizer.step([case.W], [case.gW_later])
    yield "later.still", optimizer.step([case.W], [case.nothing])


@scenario(
    Training,
    titles={"several": "Each array has means of its own"},
    needs={"several": ("first", "later")},
    fresh=True,
)
def several(module, case):
    """Two arrays of other shapes, and a second optimizer beside it."""
    optimizer, other = made(module, case), made(module, case)
    yield "several", optimizer.step([case.W, case.b], [case.gW, case.gb])
    other.step([case.W, case.b], [case.gW_later, case.gb_later])
    yield "several", optimizer.step([case.W, case.b], [case.gW_later, case.gb_later])


vary(dtypes=["float32"], purity="purity")


@scenario(
    Training,
    titles={"defaults": "The learning rate is 0.001, the betas 0.9 and 0.999, eps 1e-8"},
    needs={"defaults": ("first", "later")},
    fresh=True,
)
def defaults(module, case):
    """Two steps."""
    optimizer = module.Adam()
    yield "defaults", optimizer.step([case.W], [case.gW])
    yield "defaults", optimizer.step([case.W], [case.gW_later])
