# style: loops in place of NumPy, no base class, a list of lists inside
# (REPLACE by right solutions in many styles. Each says after "style:" what is special about it.)
class TheLayer:
    def __init__(self, a=1.0):
        self.a = a

    def forward(self, X):
        self.rows = [list(row) for row in X]
        return np.array([[self.a * x for x in row] for row in self.rows])

    def backward(self, G):
        total = 0.0
        for row, slopes in zip(self.rows, G):
            for x, slope in zip(row, slopes):
                total += x * slope
        self.grad_a = float(total)
        return np.array([[self.a * slope for slope in slopes] for slopes in G])
