# style: means in two lists, made in the first step, and new ones each time
import numpy as np


class Adam:
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = learning_rate, beta1, beta2, eps
        self.t = 0
        self.m = self.v = None

    def step(self, parameters, gradients):
        if self.m is None:
            self.m = [np.zeros_like(p) for p in parameters]
            self.v = [np.zeros_like(p) for p in parameters]
        self.t += 1
        self.m = [self.b1 * m + (1 - self.b1) * g for m, g in zip(self.m, gradients)]
        self.v = [self.b2 * v + (1 - self.b2) * g * g for v, g in zip(self.v, gradients)]
        out = []
        for p, m, v in zip(parameters, self.m, self.v):
            m_hat = m / (1 - self.b1**self.t)
            v_hat = v / (1 - self.b2**self.t)
            out.append(p - self.lr * m_hat / (v_hat**0.5 + self.eps))
        return out
