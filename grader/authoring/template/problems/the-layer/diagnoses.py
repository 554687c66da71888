"""Known mistakes of the problem `the-layer`: what each of them gives for the same inputs.

A prediction gets what its aspect in checks.py shows. Where several fit, the first one is named.
"""

# REPLACE. Every mistake here has to be named for some rejected sample, or some mutant.

import numpy as np

from grader.checks.misconceptions import Rules

rules = Rules()


@rules.mistake(
    "parameter-gradient",
    "The gradient of a is the mean over the rows; the statement asks for the sum.",
    why="Steps become smaller the larger the batch is.",
    hint="What does the formula of the statement divide by?",
    stronger="The formula for the gradient of a has no division.",
)
def parameter_mean(s):
    return np.asarray(np.sum(s.X * s.G) / s.rows)
