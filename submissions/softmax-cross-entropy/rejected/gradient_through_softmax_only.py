# mistake: multiplies the gradient by p (1 - p) once more
# why: The loss and the softmax together have the slope p - y; the factor is in it already.
# hint: Where did you get p (1 - p) from, and which function is it the slope of?
# stronger: Leave the factor out.
# fails: gradient
# points: 75
# diagnoses: gradient-through-softmax-only
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
    slope = gradient * (1 - gradient)
    gradient[rows, labels] -= 1
    gradient = gradient * slope
    return losses.mean(), gradient / len(labels)
