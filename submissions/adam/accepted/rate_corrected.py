# style: the corrections put into the rate, as in the paper's last section, and eps with them; a tuple returned
import numpy as np


class Adam:
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.learning_rate = learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.t = 0
        self.state = []

    def step(self, parameters, gradients):
        self.t += 1
        while len(self.state) < len(parameters):
            self.state.append([0.0, 0.0])
        root = np.sqrt(1 - self.beta2**self.t)
        rate = self.learning_rate * root / (1 - self.beta1**self.t)
        moved = []
        for state, parameter, gradient in zip(self.state, parameters, gradients):
            state[0] = state[0] + (1 - self.beta1) * (gradient - state[0])
            state[1] = state[1] + (1 - self.beta2) * (np.square(gradient) - state[1])
            moved.append(parameter - rate * state[0] / (np.sqrt(state[1]) + self.eps * root))
        return tuple(moved)
