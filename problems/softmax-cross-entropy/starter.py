"""Implement softmax and cross-entropy. Fill in both functions; run this file for the example."""

import numpy as np


def softmax(scores):
    """Return probabilities (n, k): each row of scores (n, k) becomes one that sums to 1."""
    raise NotImplementedError("write softmax")


def cross_entropy(scores, labels):
    """Return the mean loss, a number, and its gradient with respect to scores, shape (n, k).

    scores: (n, k); labels: (n,), integers from 0 to k - 1. Leave both unchanged.
    """
    raise NotImplementedError("write cross_entropy")


if __name__ == "__main__":
    scores = np.array([[2.0, 1.0, 0.0], [1000.0, 1000.0, 0.0]])

    # Expected: [[0.6652 0.2447 0.09  ]
    #            [0.5    0.5    0.    ]]
    print(softmax(scores).round(4))

    # Expected: 0.5504
    loss, gradient = cross_entropy(scores, np.array([0, 1]))
    print(round(float(loss), 4))

    # Expected: [[-0.1674  0.1224  0.045 ]
    #            [ 0.25   -0.25    0.    ]]
    print(gradient.round(4))
