"""Activation functions, ways to initialize weights, and the settings of the former.

An activation function takes Z, of shape (m, u), and returns an array of the same shape. With
`deriv=True` it takes the same Z and returns its derivative there: of shape (m, u), a slope for each
number; softmax, where each output depends on the whole row, returns a Jacobian matrix for each row,
of shape (m, u, u).
"""

import numpy as np

_USUAL = {"LRELU_alpha": 0.3, "ELU_alpha": 1.0, "softmax_temperature": 1.0}
_settings = dict(_USUAL)


def activation_tune(se_hPars):
    """Set LRELU_alpha, ELU_alpha and softmax_temperature, for all functions of this module.

    What se_hPars does not contain takes its usual value; so does everything if it is None. The
    settings stay until the next call, whoever makes it.
    """
    _settings.update(_USUAL)
    if se_hPars is not None:
        _settings.update({name: se_hPars[name] for name in _USUAL if name in se_hPars})


def identity(x, deriv=False):
    """Return x as it is."""
    return np.ones_like(x) if deriv else x.copy()


def relu(x, deriv=False):
    """Return max(x, 0); the slope at 0 is taken to be 0."""
    return np.where(x > 0, 1.0, 0.0) if deriv else np.maximum(x, 0)


def lrelu(x, deriv=False):
    """Return x where it is positive, and LRELU_alpha times x elsewhere."""
    alpha = _settings["LRELU_alpha"]
    return np.where(x > 0, 1.0, alpha) if deriv else np.where(x > 0, x, alpha * x)


def elu(x, deriv=False):
    """Return x where it is positive, and ELU_alpha times (exp(x) - 1) elsewhere."""
    alpha = _settings["ELU_alpha"]
    powers = np.exp(np.minimum(x, 0))
    return (
        np.where(x > 0, 1.0, alpha * powers) if deriv else np.where(x > 0, x, alpha * (powers - 1))
    )


def sigmoid(x, deriv=False):
    """Return 1 / (1 + exp(-x)), without overflow."""
    powers = np.exp(-np.abs(x))
    y = np.where(x >= 0, 1.0, powers) / (1 + powers)
    return y * (1 - y) if deriv else y


def tanh(x, deriv=False):
    """Return the hyperbolic tangent."""
    y = np.tanh(x)
    return 1 - y**2 if deriv else y


def softplus(x, deriv=False):
    """Return log(1 + exp(x)), without overflow."""
    return sigmoid(x) if deriv else np.logaddexp(x, 0)


def softmax(x, deriv=False):
    """Return exp(x / T), divided by its sum over the row, where T is softmax_temperature.

    The derivative is that with respect to x / T, and not to x: entry (i, j, k) says by how much
    output j of row i grows with the k-th number of row i of x / T.
    """
    x = x / _settings["softmax_temperature"]
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    y = powers / powers.sum(axis=1, keepdims=True)
    return y[:, :, None] * (np.eye(y.shape[1]) - y[:, None, :]) if deriv else y


def xavier(shape, rng=np.random):
    """Return weights drawn from a normal distribution of deviation sqrt(2 / (n + u))."""
    return rng.standard_normal(shape) * np.sqrt(2 / sum(shape))


def orthogonal(shape, rng=np.random):
    """Return a random matrix whose rows or columns, whichever are fewer, are orthonormal."""
    drawn = rng.standard_normal(shape)
    wide = shape[0] < shape[1]
    q, r = np.linalg.qr(drawn.T if wide else drawn)
    q = q * np.sign(np.diag(r))
    return q.T if wide else q


def mse(Y, A, deriv=False):
    """Return the squared error of each row, averaged over its columns; or the derivative by A."""
    return 2 * (A - Y) / A.shape[1] if deriv else ((A - Y) ** 2).mean(axis=1)
