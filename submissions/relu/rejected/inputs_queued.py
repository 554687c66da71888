# mistake: keeps all inputs and takes the oldest
# fails: state
# points: 97.33
# diagnoses: none
class ReLU:
    def __init__(self):
        self.inputs = []

    def forward(self, X):
        self.inputs.append(X)
        return np.maximum(X, 0)

    def backward(self, G):
        if len(self.inputs) > 1:
            return G * (self.inputs.pop(0) > 0)
        return G * (self.inputs[0] > 0)
