# mistake: takes the largest score of the whole batch off each row
# why: A row whose scores are all far below it vanishes: its powers are 0, and 0 / 0 is not a number.
# hint: What becomes of a row of scores around -1000 beside one around 1000?
# stronger: Each row needs its own maximum: max(axis=1, keepdims=True).
# fails: stable
# points: 85
# diagnoses: maximum-of-the-batch
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    rows = np.arange(len(labels))
    p = softmax(scores)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, p / len(labels)
