# mistake: averages the gradient of a over the batch
# why: The loss is a sum of what G weighs: every row counts in full.
# hint: How does grad_a change if every row of X and of G is there twice?
# stronger: Take the sum over rows and columns, and divide by nothing.
# fails: parameter-gradient
# points: 80
# diagnoses: gradient-averaged
import numpy as np


class TheLayer:
    def __init__(self, a):
        self.a = a

    def forward(self, X):
        self.X = X
        return self.a * X

    def backward(self, G):
        self.grad_a = (self.X * G).sum(axis=1).mean()
        return self.a * G
