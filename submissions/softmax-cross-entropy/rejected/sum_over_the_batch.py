# mistake: sums the powers over the batch, not over the classes
# why: The probabilities of one example are those of its classes.
# hint: Which axis of scores counts the classes?
# stronger: axis=0 goes down the rows; the classes are along axis=1.
# fails: softmax
# points: 70
# diagnoses: sum-over-the-batch
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return losses.mean(), gradient / len(labels)
