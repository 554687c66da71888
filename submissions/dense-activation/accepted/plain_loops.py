# style: loops over rows, inputs and outputs in place of NumPy's products
import math
import numpy


class DenseLayer:
    def __init__(self, input_size, output_size, activation=None, seed=None):
        if not (activation is None or activation == "relu" or activation == "sigmoid"):
            raise ValueError("there is no activation called %s" % (activation,))
        if seed is None:
            pass
        else:
            numpy.random.seed(seed)
        self.W = numpy.random.randn(input_size, output_size)
        for i in range(input_size):
            for j in range(output_size):
                self.W[i, j] = self.W[i, j] * 0.01
        self.b = numpy.zeros((1, output_size))
        self.activation = activation

    def act(self, z):
        if self.activation == "relu":
            return z if z > 0 else 0.0
        if self.activation == "sigmoid":
            if z < -500:
                z = -500.0
            if z > 500:
                z = 500.0
            return 1.0 / (1.0 + math.exp(-z))
        return z

    def forward(self, X):
        rows, inputs = X.shape
        outputs = self.b.shape[1]
        self.X = X
        self.z = numpy.zeros((rows, outputs))
        out = numpy.zeros((rows, outputs))
        for r in range(rows):
            for j in range(outputs):
                total = self.b[0, j]
                for i in range(inputs):
                    total = total + X[r, i] * self.W[i, j]
                self.z[r, j] = total
                out[r, j] = self.act(total)
        return out

    def backward(self, d_out, lr=0.01):
        rows, inputs = self.X.shape
        outputs = self.b.shape[1]
        d = numpy.zeros((rows, outputs))
        for r in range(rows):
            for j in range(outputs):
                slope = 1.0
                if self.activation == "relu":
                    slope = 1.0 if self.z[r, j] > 0 else 0.0
                elif self.activation == "sigmoid":
                    s = self.act(self.z[r, j])
                    slope = s * (1.0 - s)
                d[r, j] = d_out[r, j] * slope
        dX = numpy.zeros((rows, inputs))
        dW = numpy.zeros((inputs, outputs))
        db = numpy.zeros((1, outputs))
        for r in range(rows):
            for j in range(outputs):
                db[0, j] += d[r, j] / rows
                for i in range(inputs):
                    dX[r, i] += d[r, j] * self.W[i, j]
                    dW[i, j] += d[r, j] * self.X[r, i] / rows
        for j in range(outputs):
            self.b[0, j] -= lr * db[0, j]
            for i in range(inputs):
                self.W[i, j] -= lr * dW[i, j]
        return dX
