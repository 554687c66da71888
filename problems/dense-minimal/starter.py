"""Fill in the three methods of LayerDense. The statement says what each of them does."""

import numpy as np


class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        # TODO: self.w and self.b
        pass

    def forward(self, a):
        # TODO: keep a, make self.z and return it
        pass

    def backward(self, dz):
        # TODO: self.dw, self.db and self.dz; return self.dz
        pass


if __name__ == "__main__":
    np.random.seed(0)
    layer = LayerDense(2, 3)
    print(layer.forward(np.array([[1.0, 2.0], [3.0, -1.0]])))
    print(layer.backward(np.array([[0.1, 0.2, 0.3], [-0.1, 0.0, 0.2]])))
