"""Known mistakes where an activation follows the affine part."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from grader.checks.misconceptions import Predicts, Text
from grader.layers.activations import RELU, SIGMOID, TANH
from grader.layers.mistakes.catalogue import Array, Catalogue, Given

outputs = Catalogue("output")

_ONE = (RELU, SIGMOID, TANH)
_WHICH = [{"which": "the activation"}, *({"which": one.name} for one in _ONE)]
"""A mistake can be one with every activation, or with a single one."""


def _meant(s: Given, which: str) -> bool:
    return which in ("the activation", s.activation)


@outputs.mistake(
    "{{subject}} is not applied: the output is {X}·{W} + {b}.",
    why="Layers without an activation, one behind the other, can do no more than one of them.",
    hint="What does the layer do with {X}·{W} + {b} before it returns?",
    stronger="Return what {{which}} makes of {X}·{W} + {b}.",
    only="activation",
    each=[each | {"subject": each["which"].replace("the ", "The ")} for each in _WHICH],
)
def activation_missing(s: Given, which: str, subject: str) -> Array:
    output: Array = s.Z if _meant(s, which) else s.Y
    return output


@outputs.mistake(
    "The activation is applied twice.",
    why="The layers behind this one get other numbers than they should.",
    hint="How often does a number go through the activation on its way out?",
    stronger="Look for two places that call it.",
    only="activation",
)
def activation_twice(s: Given) -> Array:
    output: Array = s.act(s.act(s.Z))
    return output


def _other(function: Callable[[Array], Array]) -> Predicts:
    return lambda s: function(s.Z)


for _id, _activation in (("relu", RELU), ("sigmoid", SIGMOID), ("tanh", TANH)):
    outputs.add(
        f"always_{_id}",
        Text(
            f"The activation is always {_activation.name}, whichever the layer is given.",
            why="Whoever makes the layer chooses its activation.",
            hint="Make layers with different activations; do their outputs differ?",
            stronger="Where does {forward} look at what the layer was given?",
        ),
        _other(_activation.function),
        "activation",
    )

_WITHOUT = Text(
    "The derivative of {{which}} is missing in the {part}.",
    why="By the chain rule what comes from above goes through the activation first.",
    hint="What lies between the output and {X}·{W} + {b}, and what is its slope?",
    stronger="Multiply {upstream} by the derivative at {X}·{W} + {b}, and go on with that.",
)
_AT_OUTPUT = Text(
    "In the {part} the derivative of {{which}} is taken at the output, not at {X}·{W} + {b}.",
    why="The output has been through the activation already; its slope there is another one.",
    hint="What does your derivative expect: what goes into the activation, or what comes out?",
    stronger="Keep {X}·{W} + {b} in {forward}, and hand that to the derivative.",
)
_AT_UPSTREAM = Text(
    "In the {part} the derivative of {{which}} is taken at {upstream}.",
    why="Whether a unit passes a gradient on depends on what went through it, not on the gradient.",
    hint="At which point does the derivative belong?",
    stronger="Keep {X}·{W} + {b} in {forward}, and hand that to the derivative.",
)


def _without(s: Given) -> Array:
    D: Array = s.G
    return D


def _at_output(s: Given) -> Array:
    D: Array = s.G * s.derivative(s.Y)
    return D


def _at_upstream(s: Given) -> Array:
    D: Array = s.G * s.derivative(s.G)
    return D


def _part(
    aspect: str, prefix: str, noun: str, gradient: Callable[[Given, Array], Array]
) -> Catalogue:
    """The mistakes before the affine part, as they show in one gradient.

    Args:
        gradient: From what is given and the gradient with respect to Z.
    """
    known = Catalogue(aspect)

    def predicting(at_z: Callable[[Given], Array]) -> Callable[..., Array]:
        return lambda s, which: gradient(s, at_z(s) if _meant(s, which) else s.D)

    for name, text, at_z in (
        ("without_derivative", _WITHOUT, _without),
        ("derivative_at_output", _AT_OUTPUT, _at_output),
        ("derivative_at_upstream", _AT_UPSTREAM, _at_upstream),
    ):
        worded = replace(text, title=text.title.replace("{part}", noun))
        known.add(f"{prefix}_{name}", worded, predicting(at_z), "activation", _WHICH)
    return known


catalogues = (
    outputs,
    _part("input-gradient", "input", "returned gradient", lambda s, D: D @ s.W.T),
    _part("weight-gradient", "weight", "weight gradient", lambda s, D: s.X.T @ D / s.over),
    _part(
        "bias-gradient",
        "bias",
        "bias gradient",
        lambda s, D: D.sum(axis=0, keepdims=True) / s.over,
    ),
)
