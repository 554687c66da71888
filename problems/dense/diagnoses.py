"""Known mistakes of the problem `dense`: what each of them gives for the same inputs.

A prediction gets X, W, b (1, n_units), G, batch, n_inputs and n_units, and what else its aspect
shows (see the functions named see_... in checks.py). Where several fit, the first one is named.
"""

import numpy as np

from grader.judge.diagnosis import Rules, Unknown

rules = Rules()


# -- the output ----------------------------------------------------------------------------


@rules.mistake(
    "output",
    "The bias is not added to the output.",
    why="Without w0 the layer can only learn functions that are 0 at 0.",
    hint="Set w0 to something large by hand; does the output move?",
    stronger="Compare the line that computes the output with the formula of the statement.",
)
def bias_not_added(s):
    return s.X @ s.W
