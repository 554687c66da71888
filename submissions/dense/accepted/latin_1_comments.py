# style: comments in German, saved as Latin-1 with the encoding declared in the second line
# -*- coding: latin-1 -*-
import copy

import numpy as np


class Dense(Layer):
    """Vollständig verbundene Schicht."""

    def __init__(self, n_units, input_shape=None):
        self.n_units = n_units
        self.input_shape = input_shape
        self.trainable = True  # für eingefrorene Schichten auf False setzen
        self.W = None
        self.w0 = None
        self.layer_input = None

    def initialize(self, optimizer):
        grenze = 1 / np.sqrt(self.input_shape[0])
        self.W = np.random.uniform(-grenze, grenze, (self.input_shape[0], self.n_units))
        self.w0 = np.zeros((1, self.n_units))
        self.W_opt = copy.copy(optimizer)
        self.w0_opt = copy.copy(optimizer)

    def parameters(self):
        return self.W.size + self.w0.size

    def forward_pass(self, X, training=True):
        self.layer_input = X
        return X.dot(self.W) + self.w0

    def backward_pass(self, accum_grad):
        rückgabe = accum_grad.dot(self.W.T)  # vor dem Schritt
        if self.trainable:
            self.W = self.W_opt.update(self.W, self.layer_input.T.dot(accum_grad))
            self.w0 = self.w0_opt.update(self.w0, accum_grad.sum(axis=0, keepdims=True))
        return rückgabe

    def output_shape(self):
        return (self.n_units,)
