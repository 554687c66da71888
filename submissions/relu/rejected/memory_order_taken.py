# mistake: goes through the numbers as they lie in memory
# fails: forward
# points: 96
# diagnoses: none
class ReLU:
    def forward(self, X):
        self.mask = X > 0
        flat = [x if x > 0 else x * 0 for x in X.ravel(order="K")]
        return np.array(flat).reshape(X.shape)

    def backward(self, G):
        return G * self.mask
