# mistake: uses the logarithm to base 2
# why: The gradient p - y belongs to the natural logarithm.
# hint: Which logarithm does np.log2 compute, and which does the statement ask for?
# stronger: np.log is the natural logarithm.
# fails: loss
# points: 80
# diagnoses: loss-in-base-two
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = (np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]) / np.log(2)
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return losses.mean(), gradient / len(labels)
