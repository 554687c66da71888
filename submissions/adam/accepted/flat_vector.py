# style: all arrays joined into one vector, and taken apart again
import numpy as np


class Adam:
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.settings = learning_rate, beta1, beta2, eps
        self.m, self.v, self.t = 0.0, 0.0, 0

    def step(self, parameters, gradients):
        rate, beta1, beta2, eps = self.settings
        w = np.concatenate([p.ravel() for p in parameters])
        g = np.concatenate([g.ravel() for g in gradients])
        self.t += 1
        self.m = beta1 * self.m + (1 - beta1) * g
        self.v = beta2 * self.v + (1 - beta2) * g**2
        m, v = self.m / (1 - beta1**self.t), self.v / (1 - beta2**self.t)
        w = w - rate * m / (np.sqrt(v) + eps)
        ends = np.cumsum([p.size for p in parameters])[:-1]
        return [part.reshape(p.shape) for part, p in zip(np.split(w, ends), parameters)]
