# mistake: divides by one sum for the whole batch
# why: Each row is a distribution of its own, and has to sum to 1.
# hint: What does softmax(scores).sum(axis=1) give for two rows?
# stronger: The sum needs axis=1, and keepdims=True to divide by it.
# fails: softmax
# points: 70
# diagnoses: one-sum-for-all-rows
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    gradient = np.exp(shifted)
    gradient /= gradient.sum(axis=1, keepdims=True)
    gradient[rows, labels] -= 1
    return losses.mean(), gradient / len(labels)
