# mistake: averages the loss over rows and classes
# why: Each example has one label, and so one loss.
# hint: By how many numbers do you divide, and how many losses are there?
# stronger: Take the logarithm of the labels' probabilities alone, and their mean.
# fails: loss
# points: 80
# diagnoses: loss-averaged-over-classes
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
    return losses.mean() / scores.shape[1], gradient / len(labels)
