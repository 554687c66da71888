# style: works on columns, with logaddexp.reduce and einsum
import numpy as np


def softmax(scores):
    columns = scores.T
    logs = np.logaddexp.reduce(columns, axis=0)
    return np.exp(columns - logs).T


def cross_entropy(scores, labels):
    n, k = scores.shape
    wanted = (labels[:, None] == np.arange(k)).astype(float)
    logs = np.logaddexp.reduce(scores, axis=1)
    loss = float(logs.mean() - np.einsum("ij,ij->", wanted, scores) / n)
    return loss, (softmax(scores) - wanted) / n
