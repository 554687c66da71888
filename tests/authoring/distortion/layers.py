"""A small layer, distorted and run in this process, as a worker would run it."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import Any

import numpy as np

from grader.authoring.distortion import Distortion
from grader.authoring.distortion.catalogue import distortions
from grader.authoring.distortion.facts import Facts, arranged, noted
from grader.authoring.distortion.render import recording

ENTRY = "Affine"
SOURCE = """
import numpy as np

NAMES = {None: 1.0, "half": 0.5}


class Base:
    def __init__(self):
        self.out = None


class Affine(Base):
    def __init__(self, size, kind=None):
        super().__init__()
        if kind not in NAMES:
            raise ValueError(f"unknown kind {kind!r}")
        self.factor = NAMES[kind]
        self.W = np.random.uniform(-1, 1, (size, size + 1))
        self.trainable = True

    def reset(self):
        self.W = np.zeros(self.W.shape)

    def forward(self, X, training=True):
        self.X = X
        return self.factor * X @ self.W

    def backward(self, G, lr=0.5):
        dX = self.factor * G @ self.W.T
        if self.trainable:
            self.W = self.out.step(self.W, lr * self.X.T @ G)
        return dX
"""


class Out:
    """What a layer is given to make its steps."""

    def step(self, w: Any, grad: Any) -> Any:
        """Return the new value."""
        return w - grad


def run(source: str) -> dict[str, Any]:
    """The names of a module with this source."""
    names: dict[str, Any] = {"__name__": "layers_of_a_test"}
    exec(compile(source, "affine.py", "exec"), names)
    return names


def use(names: dict[str, Any]) -> None:
    """Call everything, with sizes that tell each other apart."""
    for rows, size, kind in ((3, 2, "half"), (2, 4, None), (1, 1, None), (4, 4, "half")):
        layer = names[ENTRY](size, kind)
        layer.out = Out()
        for _ in range(2):
            layer.forward(np.ones((rows, size)))
            layer.backward(np.ones((rows, size + 1)), lr=0.25)
        layer.reset()
        layer.forward(np.ones((rows, size)))
    with contextlib.suppress(ValueError):
        names[ENTRY](1, "Half")


@cache
def facts() -> Facts:
    """What is noted of the layer while it is used."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        use(run(recording(SOURCE, ENTRY)))
    return arranged(noted([printed.getvalue()]))


@cache
def all_distortions() -> dict[str, Distortion]:
    """All distortions of the layer, by their ids."""
    return {distortion.id: distortion for distortion in distortions(ENTRY, facts())}


def distorted(name: str) -> Any:
    """The class, distorted."""
    return run(all_distortions()[name].source(SOURCE))[ENTRY]


def made(kind: Any, size: int = 2) -> Any:
    """An instance with weights that count up from 1."""
    layer = kind(size)
    layer.W = 1.0 + np.arange(size * (size + 1.0)).reshape(size, size + 1)
    layer.out = Out()
    return layer
