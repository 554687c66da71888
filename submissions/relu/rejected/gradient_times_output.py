# mistake: multiplies by the output in place of the slope
# fails: gradient
# points: 79
# diagnoses: times-output
class ReLU:
    def forward(self, X):
        self.Y = np.maximum(X, 0)
        return self.Y

    def backward(self, G):
        return G * self.Y
