# mistake: rounds the probabilities
# why: What is rounded away is missing in the sum, and in everything computed from it.
# hint: Do the probabilities of a row sum to 1 exactly?
# stronger: Leave the numbers as they are; round only what you print.
# fails: softmax
# points: 70
# diagnoses: rounded
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.round(powers / powers.sum(axis=1, keepdims=True), 4)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return losses.mean(), gradient / len(labels)
