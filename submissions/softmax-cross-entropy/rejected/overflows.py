# mistake: takes powers of the scores as they are
# why: np.exp(1000) is infinite, and infinity divided by infinity is not a number.
# hint: What does your softmax give for the scores 1000 and 1001?
# stronger: Taking the largest score of a row off all of its scores changes no probability.
# fails: stable
# points: 85
# diagnoses: overflows
import numpy as np


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    p = softmax(scores)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, p / len(labels)
