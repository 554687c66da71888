# style: the two results as a list, the loss as an array without axes
import numpy as np


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(scores, labels):
    n = scores.shape[0]
    p = softmax(scores)
    top = scores.max(axis=1)
    chosen = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    loss = np.mean(np.log(np.exp(scores - top[:, None]).sum(1)) + top - chosen)
    np.subtract.at(p, (range(n), labels), 1)
    return [np.array(loss), p / n]
