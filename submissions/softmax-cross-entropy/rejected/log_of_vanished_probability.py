# mistake: takes the logarithm of a probability that may have vanished
# why: Where a score lies 1000 below the largest, its probability is 0 in floating point, and the loss infinite; it should be 1000.
# hint: What is the loss of scores 0 and 1000 for the label 0, on paper?
# stronger: The logarithm of exp(s) / sum is s - log(sum): that way no power has to be divided.
# fails: stable
# points: 95
# diagnoses: log-of-vanished-probability
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    p = softmax(scores)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, p / len(labels)
