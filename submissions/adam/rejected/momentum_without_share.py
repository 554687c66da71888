# mistake: adds whole gradients to the mean
# why: beta1 * m + gradient grows to ten gradients.
# hint: What does m come to if the gradient is always 1?
# stronger: The gradient's share is 1 - beta1.
# fails: first
# points: 70
# diagnoses: momentum-without-share
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
        m, v = self.means.get(number, (0.0, 0.0))
        m = self.beta1 * m + gradient
        v = self.beta2 * v + (1 - self.beta2) * gradient**2
        self.means[number] = m, v
        mean, square = m / (1 - self.beta1**self.steps), v / (1 - self.beta2**self.steps)
        return parameter - self.rate * mean / (np.sqrt(square) + self.eps)
