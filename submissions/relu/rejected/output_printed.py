# mistake: prints the output and returns nothing
# fails: forward
# points: 72
# diagnoses: output-not-returned
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        print(np.maximum(X, 0))

    def backward(self, G):
        return G * self.mask
