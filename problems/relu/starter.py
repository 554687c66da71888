"""Implement a ReLU layer. Fill in the methods of `ReLU`; run this file to see the example."""

import numpy as np


class ReLU:
    """The rectifier max(x, 0), applied to each number of an array of any shape."""

    def forward(self, X):
        """Return max(x, 0) for each number x of X, and remember what backward needs.

        X: an array of one to four dimensions; leave it unchanged.
        Returns: an array of the shape and dtype of X.
        """
        raise NotImplementedError("write ReLU.forward")

    def backward(self, G):
        """Return the gradient with respect to the X of the last forward pass.

        G: dL/dY, of the shape of X; leave it unchanged.
        Returns: dL/dX, an array of the shape and dtype of G; where x was 0, the slope is 0.
        """
        raise NotImplementedError("write ReLU.backward")


if __name__ == "__main__":
    layer = ReLU()

    # Expected: [[2.  0.  0. ]
    #            [0.  0.5 3. ]]
    print(layer.forward(np.array([[2.0, -1.0, 0.0], [-3.0, 0.5, 3.0]])))

    # Expected: [[ 0.1  0.   0. ]
    #            [ 0.   0.5 -0.6]]
    print(layer.backward(np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]])))
