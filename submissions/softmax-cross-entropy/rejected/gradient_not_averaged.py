# mistake: does not divide the gradient by the number of rows
# why: The loss is a mean over the batch, so each row's share in it is 1/n.
# hint: How much does the loss change when one score of one row does?
# stronger: Divide the gradient by len(labels), as the loss.
# fails: gradient
# points: 75
# diagnoses: gradient-not-averaged
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
    return losses.mean(), gradient
