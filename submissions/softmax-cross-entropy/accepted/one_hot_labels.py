# style: labels as rows of an identity matrix, and log-softmax
import numpy as np


def log_softmax(scores):
    shifted = scores - np.max(scores, axis=-1)[:, np.newaxis]
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1))[:, np.newaxis]


def softmax(scores):
    return np.exp(log_softmax(scores))


def cross_entropy(scores, labels):
    n, k = scores.shape
    wanted = np.eye(k)[labels]
    return -(wanted * log_softmax(scores)).sum() / n, (softmax(scores) - wanted) / n
