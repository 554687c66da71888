"""Implement the optimizer Adam. Fill in `Adam`; run this file to see the example."""

import numpy as np


class Adam:
    """Keeps running means of gradients and of their squares."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        """Keep these, under names of your own; no step has been made."""
        raise NotImplementedError("write Adam.__init__")

    def step(self, parameters, gradients):
        """Return a list of new arrays, one for each of the parameters.

        parameters, gradients: lists of arrays, as many of each; leave them unchanged.
        """
        raise NotImplementedError("write Adam.step")


if __name__ == "__main__":
    optimizer = Adam(0.1)

    # Expected: [array([0.9, 2.1])]
    print(optimizer.step([np.array([1.0, 2.0])], [np.array([4.0, -0.5])]))
