# style: loops over rows and classes, and the math module
import math

import numpy as np


def softmax(scores):
    result = np.zeros(scores.shape)
    for i, row in enumerate(scores):
        top = max(row)
        total = sum(math.exp(s - top) for s in row)
        for j, s in enumerate(row):
            result[i, j] = math.exp(s - top) / total
    return result


def cross_entropy(scores, labels):
    n = len(labels)
    total, gradient = 0.0, softmax(scores)
    for i in range(n):
        top = max(scores[i])
        total += math.log(sum(math.exp(s - top) for s in scores[i])) + top - scores[i][labels[i]]
        gradient[i, labels[i]] -= 1.0
    return total / n, gradient / n
