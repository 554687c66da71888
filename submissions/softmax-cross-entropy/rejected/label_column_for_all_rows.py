# mistake: subtracts 1 in whole columns, not at each row's label
# why: gradient[:, labels] are the columns of all the labels, in every row.
# hint: How many numbers does gradient[:, labels] have, and how many labels are there?
# stronger: Index rows and labels together: gradient[np.arange(n), labels].
# fails: gradient
# points: 75
# diagnoses: label-column-for-all-rows
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
    gradient[:, labels] -= 1
    return losses.mean(), gradient / len(labels)
