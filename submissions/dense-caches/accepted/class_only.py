# style: nothing but the class; new dictionaries in every pass
class Dense(Layer):
    def __init__(self, units=1, activate=sigmoid, initialization=xavier, se_hPars=None):
        Layer.__init__(self, se_hPars)
        self.d = dict(u=units)
        self.activation = dict(activate=activate.__name__)
        self._act, self._init = activate, initialization

    def compute_shapes(self, A):
        m, n = A.shape
        self.d.update(m=m, n=n)
        self.fs = {"X": (m, n), "W": (n, self.d["u"]), "b": (1, self.d["u"])}

    def initialize_parameters(self):
        self.p = {"W": self._init(self.fs["W"], self.np_rng), "b": np.zeros(self.fs["b"])}

    def forward(self, A):
        activation_tune(self.se_hPars)
        Z = A @ self.p["W"] + self.p["b"]
        self.fc = {"X": A, "Z": Z, "A": self._act(Z)}
        return self.fc["A"]

    def backward(self, dX):
        activation_tune(self.se_hPars)
        slope = self._act(self.fc["Z"], deriv=True)
        if slope.ndim == 3:
            dZ = np.matmul(slope, dX[:, :, None])[:, :, 0]  # a Jacobian of softmax is symmetric
        else:
            dZ = slope * dX
        self.bc = {"dA": dX, "dZ": dZ, "dX": dZ @ self.p["W"].T}
        return self.bc["dX"]

    def compute_gradients(self):
        self.g = {"dW": self.fc["X"].T @ self.bc["dZ"], "db": self.bc["dZ"].sum(0)}
