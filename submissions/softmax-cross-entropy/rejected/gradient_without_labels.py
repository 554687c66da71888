# mistake: leaves the labels out of the gradient
# why: The gradient has to raise the score of the label, whatever the probabilities are.
# hint: What is the gradient where the probability of the label is 1?
# stronger: Subtract 1 at each row's label: the gradient is p - y.
# fails: gradient
# points: 75
# diagnoses: gradient-without-labels
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
    return losses.mean(), gradient / len(labels)
