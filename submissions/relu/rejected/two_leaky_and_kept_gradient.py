# mistake: a leaky forward pass, and a gradient that is handed on as it came
# fails: forward, gradient
# points: 51
# diagnoses: leaky, returns-incoming-gradient
class ReLU:
    def forward(self, X):
        return np.where(X > 0, X, 0.01 * X)

    def backward(self, G):
        return G.copy()
