# mistake: returns the loss with the wrong sign
# why: The logarithm of a probability is negative, and the loss is not.
# hint: Can the loss that you return be below 0?
# stronger: The loss is minus the logarithm of the label's probability.
# fails: loss
# points: 80
# diagnoses: loss-negated
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return -losses.mean(), gradient / len(labels)
