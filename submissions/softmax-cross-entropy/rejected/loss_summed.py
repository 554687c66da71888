# mistake: sums the losses of the batch, and does not average them
# why: The statement's loss is a mean, so that it does not grow with the batch.
# hint: How does your loss change if every row is there twice?
# stronger: Divide by the number of rows, len(labels).
# fails: loss
# points: 80
# diagnoses: loss-summed
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
    return losses.sum(), gradient / len(labels)
