# mistake: writes into the scores of the caller
# fails: purity
# points: 90
# diagnoses: none
# says: changes an array that it is given
import numpy as np


def softmax(scores):
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return losses.mean(), gradient / len(labels)
