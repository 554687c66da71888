# style: nothing is imported: all names are there already; the logger is the root's
class Layer(ABC):
    def __init__(self, name=None):
        self.type = type(self).__name__
        self.name = name or self.type
        self.weights = self.biases = self.last_input = self.last_z = None
        self.weights_initialized = False

    forward = abstractmethod(lambda self, X: None)
    backward = abstractmethod(lambda self, G: None)
    to_dict = abstractmethod(lambda self: None)
    from_dict = classmethod(abstractmethod(lambda cls, data: None))


class DenseLayer(Layer):
    def __init__(self, input_size, output_size, activation_function, name=None):
        super().__init__(name)
        self.input_size, self.output_size = input_size, output_size
        self.activation_function = activation_function

    def forward(self, X):
        if not self.weights_initialized:
            self.weights = np.random.randn(self.input_size, self.output_size)
            self.weights *= math.sqrt(2 / self.input_size)
            self.biases = np.zeros(self.output_size)
            self.weights_initialized = True
            logging.info("%s draws %d weights", self.name, self.weights.size)
        self.last_input = X
        self.last_z = X @ self.weights + self.biases
        return self.activation_function.function(self.last_z)

    def backward(self, G):
        D = G * self.activation_function.derivative(self.last_z)
        m = len(G)
        return dict(inputs=D @ self.weights.T, weights=self.last_input.T @ D / m, biases=D.sum(0) / m)

    def to_dict(self):
        lists = {key: None for key in ("weights", "biases")}
        if self.weights_initialized:
            lists = {key: getattr(self, key).tolist() for key in lists}
        keys = ("type", "name", "input_size", "output_size")
        plain = {key: getattr(self, key) for key in keys}
        return plain | lists | {"activation": self.activation_function.name}

    @classmethod
    def from_dict(cls, data):
        try:
            activation = ACTIVATIONS[data["activation"]]
        except KeyError:
            raise ValueError(f"no activation is called {data['activation']}") from None
        layer = cls(data["input_size"], data["output_size"], activation, data["name"])
        if data["weights"] is not None:
            layer.weights, layer.biases = np.array(data["weights"]), np.array(data["biases"])
            layer.weights_initialized = True
        return layer
