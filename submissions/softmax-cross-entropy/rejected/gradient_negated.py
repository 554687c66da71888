# mistake: returns the gradient with the wrong sign
# why: Going against the gradient has to lower the loss.
# hint: Is the gradient at the label positive or negative, and what does that mean for a step?
# stronger: It is p - y, not y - p.
# fails: gradient
# points: 75
# diagnoses: gradient-negated
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
    return losses.mean(), -gradient / len(labels)
