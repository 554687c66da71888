# mistake: keeps one pair of means for all arrays
# why: Each parameter has gradients of another size.
# hint: Where is the mean of the first array while the second one is moved?
# stronger: Keep the means by the number of the array.
# fails: several
# points: 85
# diagnoses: one-mean-for-all-arrays
import numpy as np


class Adam:
    """Keeps running means of gradients and of their squares."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.rate, self.eps = learning_rate, eps
        self.beta1, self.beta2 = beta1, beta2
        self.steps = 0
        self.means = {}

    def step(self, parameters, gradients):
        """New arrays in place of the parameters: a list."""
        self.steps += 1
        return [self._moved(n, parameter, gradients[n]) for n, parameter in enumerate(parameters)]

    def _moved(self, number, parameter, gradient):
        m, v = self.means.get(0, (0.0, 0.0))
        m = self.beta1 * m + (1 - self.beta1) * gradient
        v = self.beta2 * v + (1 - self.beta2) * gradient**2
        self.means[0] = m, v
        mean, square = m / (1 - self.beta1**self.steps), v / (1 - self.beta2**self.steps)
        return parameter - self.rate * mean / (np.sqrt(square) + self.eps)
