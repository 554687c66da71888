# mistake: hands the gradient on as it came
# fails: gradient, kink
# points: 69
# diagnoses: returns-incoming-gradient, kink-one
class ReLU:
    def forward(self, X):
        return np.maximum(X, 0)

    def backward(self, G):
        return G * 1
