# mistake: rectifies the gradient in place of masking it
# fails: gradient, kink
# points: 69
# diagnoses: mask-from-gradient, kink-by-gradient
class ReLU:
    def forward(self, X):
        return np.maximum(X, 0)

    def backward(self, G):
        return np.maximum(G, 0)
