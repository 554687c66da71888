"""Known mistakes of the problem `dense`: what each of them gives for the same inputs.

Those of the affine part are shared by all dense layers. What is wrong only here follows: a
prediction gets X, W, b (1, n_units), G, batch, n_inputs and n_units, and what else its aspect
shows (see the functions named see_... in checks.py). Where several fit, the first one is named.
"""

import re

import numpy as np

from grader.checks.misconceptions import Rules, Unknown
from grader.checks.observation import Raised
from grader.layers import Draw, Names, mistakes

rules = Rules()

NAMES = Names(
    forward="forward_pass",
    backward="backward_pass",
    start="initialize",
    b="w0",
    upstream="accum_grad",
    stepper="the optimizer",
    updates=True,
    draw=Draw("uniform", lambda n_inputs, n_units: 1 / np.sqrt(n_inputs), "1/√n_inputs"),
)

mistakes.add(
    rules,
    NAMES,
    *("output", "input-gradient", "weight-gradient", "bias-gradient", "draw", "first-bias"),
    texts={
        "returns-weight-gradient": {
            "stronger": "Two gradients go to the optimizers; a third one is returned."
        },
        "input-gradient-negated": {
            "hint": "Which part of training turns a gradient into a step down: the layer or the "
            "optimizer?"
        },
        "limit-n-units": {"stronger": "The statement's limit contains input_shape[0]."},
        "init-hardcoded-2": {
            "title": "W always has two rows, whatever the input shape is.",
            "hint": "Try an input_shape other than (2,).",
            "stronger": "The number of rows is input_shape[0].",
        },
    },
)

# -- numbers written down ------------------------------------------------------------------


@rules.mistake(
    "output",
    "The output is the sample answer of the statement, whatever the input is.",
    why="The layer has to work for every input.",
    hint="Try another input.",
    stronger="Compute the numbers; do not write them down.",
)
def output_is_the_sample(s):
    return np.array([[0.10162127, -0.33551992, -0.64490545]])


@rules.mistake(
    "input-gradient",
    "backward_pass returns the numbers of the worked example, whatever the input is.",
    why="The layer has to work for every input.",
    hint="Try different inputs.",
    stronger="Compute the gradient; do not write it down.",
)
def hardcoded_sample(s):
    return np.array([[0.20816524, -0.22928937]])


@rules.mistake(
    "input-gradient",
    "backward_pass returns the impossible numbers of the original page.",
    why="They cannot be right: <X·W, G> must equal <X, G·Wᵀ>, and they do not fit.",
    hint="See the note in the statement.",
    stronger="Compute the gradient; do not write it down.",
)
def hardcoded_impossible_sample(s):
    return np.array([[0.00129588, 0.00953634]])


@rules.mistake(
    "draw",
    "For two inputs and three units W is always the one of the worked example.",
    why="The layer has to work after every seed.",
    hint="Try another seed.",
    stronger="Draw the numbers; do not write them down.",
)
def weights_of_the_example(s):
    seed = 42 if (s.n_inputs, s.n_units) == (2, 3) else s.seed
    return s.draw(np.random.RandomState(seed), s.n_inputs, s.n_units)


# -- off by the learning rate --------------------------------------------------------------


def _times_rate(aspect, noun, name, gradient):
    def predict(s):
        return s.rate * gradient(s)

    predict.__name__ = name
    rules.mistake(
        aspect,
        f"{noun} is multiplied by the optimizer's learning rate.",
        why="The optimizer multiplies by it as well, so every step becomes too small.",
        hint="Try an optimizer with a learning rate of 0.5: what is handed on, and what should be?",
        stronger="The learning rate is the optimizer's own affair.",
    )(predict)


_times_rate(
    "input-gradient",
    "The returned gradient",
    "input_gradient_times_rate",
    lambda s: s.G @ s.W.T,
)
_times_rate("weight-gradient", "The weight gradient", "weight_times_rate", lambda s: s.X.T @ s.G)
_times_rate(
    "bias-gradient",
    "The bias gradient",
    "bias_times_rate",
    lambda s: s.G.sum(axis=0, keepdims=True),
)


# -- the constructor -----------------------------------------------------------------------


@rules.mistake(
    "kept",
    "{name} is made in the constructor; it should be None until initialize.",
    why="The input shape may come later, and what is drawn twice uses up random numbers.",
    hint="What does the statement say that the constructor sets, and to what?",
    stronger="Set self.{name} = None there, and make the array in initialize.",
    each=[{"name": "W"}, {"name": "w0"}],
)
def made_too_early(s, name):
    if s.attribute != name:
        raise Unknown
    return _array(s.value)


@rules.mistake(
    "kept",
    "A new layer is frozen: trainable is False.",
    why="Layers learn until somebody freezes them.",
    hint="Which value does the statement give trainable in the constructor?",
    stronger="self.trainable = True",
)
def frozen_from_the_start(s):
    if s.attribute != "trainable":
        raise Unknown
    return False


@rules.mistake(
    "kept",
    "input_shape is kept as the number of inputs, not as the whole shape.",
    why="Whoever reads input_shape expects a tuple.",
    hint="What is layer.input_shape after Dense(4, input_shape=(3,))?",
    stronger="Keep the argument as it is; take the number out of it where you need it.",
)
def input_shape_as_number(s):
    if s.attribute != "input_shape":
        raise Unknown
    return 3


@rules.mistake(
    "kept",
    "Without the argument, input_shape is not None but {value}.",
    why="None says that the shape is not known yet; any tuple would be believed.",
    hint="What is layer.input_shape after Dense(4)?",
    stronger="def __init__(self, n_units, input_shape=None)",
    each=[{"value": (2,)}, {"value": (1,)}, {"value": 0}, {"value": ()}],
)
def default_input_shape(s, value):
    if s.late != "never given":
        raise Unknown
    return value


@rules.mistake(
    "late",
    "An input shape that comes after the constructor is not used.",
    why="Whoever builds a network knows the shape of a layer's input only when it is put in.",
    hint="Call Dense(4), then set_input_shape((3,)), then initialize; what shape has W?",
    stronger="Read self.input_shape in initialize; what the constructor makes of it is too early.",
)
def late_shape_ignored(s):
    return s.W_late


@rules.mistake(
    "unmoved",
    "forward_pass changes {name}.",
    why="Only backward_pass learns; who asks for an output twice has to get it twice.",
    hint="Print {name} before and after forward_pass.",
    stronger="forward_pass reads {name} and leaves it as it is.",
    each=[{"name": "W"}, {"name": "w0"}],
)
def parameter_changed_by_forward(s, name):
    if s.name != name:
        raise Unknown
    return "changed"


# -- the output under other circumstances --------------------------------------------------


@rules.mistake(
    "training",
    "With training=False the bias is not added.",
    why="The output of a dense layer is the same while it learns and afterwards.",
    hint="What does your forward_pass do differently if training is False?",
    stronger="training does not change the output of this layer.",
)
def bias_only_while_training(s):
    return s.X @ s.W


@rules.mistake(
    "training",
    "With training=False forward_pass returns nothing.",
    why="A trained layer is asked for its output, too.",
    hint="What does your forward_pass do differently if training is False?",
    stronger="Only keeping X may depend on training; the return does not.",
)
def output_only_while_training(s):
    return None


@rules.mistake(
    "layouts",
    "The numbers of X are read as they lie in memory, which is not always row by row.",
    why="A transposed array keeps its memory and only counts it in another order.",
    hint="Try X = np.asfortranarray(X), which is equal to X.",
    stronger="ravel and reshape with order='K' or 'A' follow the memory; leave the order out.",
)
def memory_order(s):
    X = s.X.T.ravel().reshape(s.X.shape) if s.kind == "fortran" else s.X
    return X @ s.W + s.b


# -- how update is called, and what becomes of its result ----------------------------------

KEPT, LOST, OLD = (1, False, "kept"), (1, False, "lost"), (0, False, "old")
WHICH = [
    {"which": "W and w0", "both": True, "weights": True},
    {"which": "W", "both": False, "weights": True},
    {"which": "w0", "both": False, "weights": False},
]
"""Of which of the two parameters a mistake is; the other one is stepped as it should be."""


def _of(both, weights, value, other=None):
    """What was seen of W and of w0: ``value`` for those that the mistake is about."""
    bias = value if other is None else other
    return (value if both or weights else KEPT, bias if both or not weights else KEPT)


@rules.mistake(
    "step",
    "What update returns for {which} is thrown away: after a step the values are the old ones.",
    why="What is not kept is not learned.",
    hint="Print {which} before and after backward_pass. Where does update() put its answer?",
    stronger="update returns the new parameter; it does not change the one it is given.",
    each=WHICH,
)
def update_discarded(s, which, both, weights):
    return _of(both, weights, LOST)


@rules.mistake(
    "step",
    "update is called with the gradient first for {which}: update(gradient, parameter).",
    why="The optimizer takes its first argument for what it has to change.",
    hint="Which argument does the optimizer treat as the thing to change?",
    stronger="Read the signature of update in the statement.",
    each=WHICH,
)
def update_args_swapped(s, which, both, weights):
    return _of(both, weights, (1, True, "kept"))


@rules.mistake(
    "step",
    "One backward_pass updates {which} twice.",
    why="One pass is one step; an optimizer with a memory counts two.",
    hint="How many steps does the optimizer take in one backward pass?",
    stronger="Count the lines that call update for {which}.",
    each=WHICH,
)
def update_double(s, which, both, weights):
    return _of(both, weights, (2, False, "kept"))


@rules.mistake(
    "step",
    "trainable is taken the wrong way round: a frozen layer learns, and a trainable one does not.",
    why="Layers learn until somebody sets trainable to False.",
    hint="Read your condition aloud: if what, the parameters are updated?",
    stronger="Both updates belong under `if self.trainable`.",
)
def trainable_inverted(s):
    if s.calls or not s.frozen_learns:
        raise Unknown
    return (OLD, OLD)


@rules.mistake(
    "step",
    "update is never called for {which}, and the values stay the old ones.",
    why="What is never updated does not learn.",
    hint="After one training step, which of your parameters moved?",
    stronger="backward_pass has to call update for each of the two parameters.",
    each=WHICH,
)
def not_updated(s, which, both, weights):
    if _strange(s):
        raise Unknown
    return _of(both, weights, OLD)


def _strange(s):
    """How many calls of update are about neither W nor w0."""
    return len(s.calls) - s.steps[0][0] - s.steps[1][0]


@rules.mistake(
    "step",
    "update is called with something else in the place of {which}.",
    why="update(w, grad) steps from the w that it is given.",
    hint="Print the first argument of update, next to {which}.",
    stronger="update takes the parameter itself, and then its gradient.",
    each=WHICH[1:],
)
def update_of_something_else(s, which, both, weights):
    mine, other = s.steps if weights else s.steps[::-1]
    if not _strange(s) or mine[0] or other != KEPT:
        raise Unknown
    return s.steps


@rules.mistake(
    "step",
    "The optimizer is not used: the layer takes a step of its own along the gradient.",
    why="Whoever uses the layer chooses how it learns by choosing an optimizer.",
    hint="Swap in an optimizer with a different learning rate: does anything change?",
    stronger="Hand parameter and gradient to update, and keep what it returns.",
)
def manual_step(s):
    if s.calls:
        raise Unknown
    weight, bias = s.X.T @ s.G, s.G.sum(axis=0, keepdims=True)
    rate = np.vdot(weight, s.W - _array(s.new_W)) / np.vdot(weight, weight)
    return ((0, False, s.W - rate * weight), (0, False, s.b - rate * bias))


@rules.mistake(
    "step",
    "The optimizer is not used: the layer changes its parameters itself.",
    why="Whoever uses the layer chooses how it learns by choosing an optimizer.",
    hint="Swap in an optimizer with a different learning rate: does anything change?",
    stronger="Hand parameter and gradient to update, and keep what it returns.",
)
def own_step(s):
    changed = [new for _, _, new in s.steps if isinstance(new, np.ndarray)]
    if s.calls or not changed:
        raise Unknown
    return s.steps


ROWS = {
    "why": "One pass is one step: the gradients of all rows are those of the same old weights.",
    "hint": "How many steps does the optimizer take for a batch of four rows?",
    "stronger": "Call update once for W and once for w0, with the sums over the rows.",
}


@rules.mistake(
    "input-gradient",
    "W is updated after every row, so each row's gradient goes through other weights.",
    **ROWS,
)
def input_gradient_row_by_row(s):
    weights = [s.W, *s.results]
    if len(weights) != s.batch + 1:
        raise Unknown
    return np.stack([g @ W.T for g, W in zip(s.G, weights, strict=False)])


@rules.mistake(
    "weight-gradient",
    "update is called for W once for every row, each time with the gradient of that row alone.",
    **ROWS,
)
def weight_row_by_row(s):
    if s.calls != s.batch:
        raise Unknown
    return "in parts" if s.batch > 1 else s.X.T @ s.G


@rules.mistake(
    "weight-gradient",
    "update is called for W several times in one pass, each time with a part of the gradient.",
    **ROWS,
)
def weight_in_parts(s):
    return "in parts" if s.calls > 1 else s.X.T @ s.G


@rules.mistake(
    "bias-gradient",
    "update is called for w0 once for every row, each time with the gradient of that row alone.",
    **ROWS,
)
def bias_row_by_row(s):
    if s.calls != s.batch:
        raise Unknown
    return "in parts" if s.batch > 1 else s.G.sum(axis=0, keepdims=True)


@rules.mistake(
    "bias-gradient",
    "update is called for w0 several times in one pass, each time with a part of the gradient.",
    **ROWS,
)
def bias_in_parts(s):
    return "in parts" if s.calls > 1 else s.G.sum(axis=0, keepdims=True)


@rules.mistake(
    "step",
    "One backward_pass updates {which} once for every row.",
    **ROWS,
    each=WHICH,
)
def update_row_by_row(s, which, both, weights):
    return _of(both, weights, (s.batch, False, "kept"))


@rules.mistake(
    "step",
    "What update returns is taken for a step and {done} the old {which}.",
    why="update returns the new parameter itself.",
    hint="Print what update returns, next to {which}.",
    stronger="Assign it; nothing has to be added or subtracted.",
    each=[
        {**which, "sign": sign, "done": done}
        for sign, done in ((-1, "subtracted from"), (1, "added to"))
        for which in WHICH
    ],
)
def update_taken_for_step(s, which, both, weights, sign, done):
    steps = [
        (1, False, old + sign * _array(result)) if about else None
        for old, result, about in (
            (s.W, s.result_W, both or weights),
            (s.b, s.result_b, both or not weights),
        )
    ]
    return tuple(KEPT if step is None else step for step in steps)


@rules.mistake(
    "step",
    "The step that update makes is scaled once more, before it reaches the parameters.",
    why="The learning rate is the optimizer's, and is in what update returns already.",
    hint="Print what update returns, next to the new W.",
    stronger="Assign what update returns, as it is.",
)
def step_scaled_again(s):
    steps = []
    for old, new, result in ((s.W, s.new_W, s.result_W), (s.b, s.new_b, s.result_b)):
        whole = _array(result) - old
        share = np.vdot(whole, _array(new).reshape(old.shape) - old) / np.vdot(whole, whole)
        steps.append((1, False, old + share * whole))
    return tuple(steps)


@rules.mistake(
    "step",
    "The parameters are rounded to {places} decimals after each step.",
    why="Small steps are lost: the layer stops learning before it has learned.",
    hint="Which of your lines makes the numbers shorter?",
    stronger="Leave rounding to whoever prints.",
    each=[{"places": places} for places in (2, 3, 4, 5, 6, 8)],
)
def parameters_rounded(s, places):
    return _unless_kept(s, lambda value: np.round(value, places))


@rules.mistake(
    "step",
    "The parameters are clipped to a fixed range after each step.",
    why="A weight may become as large as the data need it.",
    hint="What does your code do with a new weight of 5?",
    stronger="Assign what update returns, as it is.",
)
def parameters_clipped(s):
    limit = np.abs(_array(s.new_W)).max()
    weight, bias = _unless_kept(s, lambda value: np.clip(value, -limit, limit))
    return (weight, s.steps[1] if s.steps[1] == KEPT else bias)


def _unless_kept(s, change):
    """What becomes of the results of update if they are changed."""
    results = [_array(value) for value in (s.result_W, s.result_b)]
    changed = [(change(value), value) for value in results]
    return tuple(KEPT if np.array_equal(*pair) else (1, False, pair[0]) for pair in changed)


@rules.mistake(
    "first-step",
    "{name} is made of whole numbers, and a new value written into it loses its fraction.",
    why="An array keeps its dtype whatever is written into it.",
    hint="Print the dtype of {name} after initialize, and {name} after one small step.",
    stronger="np.zeros makes floats unless dtype says otherwise; assign the new array instead.",
    each=[{"name": "W"}, {"name": "w0"}],
)
def kept_in_whole_numbers(s, name):
    if s.name != name or s.start.dtype.kind not in "iu":
        raise Unknown
    return _array(s.result).astype(s.start.dtype)


# -- optimizers ----------------------------------------------------------------------------


@rules.mistake(
    "optimizers",
    "W and w0 share one optimizer: the very one that initialize was given.",
    why="An optimizer with a memory (momentum) mixes the two up, and other layers with them.",
    hint="An optimizer may remember things between calls. Should W and w0 share that memory?",
    stronger="Make a copy for each parameter (the module copy).",
)
def opt_shared(s):
    return ("shared", "original for W", "original for w0")


@rules.mistake(
    "optimizers",
    "W and w0 share one copy of the optimizer.",
    why="An optimizer with a memory (momentum) mixes the two up.",
    hint="How many copies are there, and how many parameters?",
    stronger="Two names for one object are not two objects.",
)
def opt_one_copy(s):
    return ("shared",)


@rules.mistake(
    "optimizers",
    "{name} uses the very optimizer that initialize was given, not a copy.",
    why="A second layer that is given the same optimizer shares its memory.",
    hint="What happens to the optimizer's memory when two layers are given the same one?",
    stronger="Make a copy for each of the two parameters.",
    each=[{"name": "W"}, {"name": "w0"}],
)
def opt_original(s, name):
    return (f"original for {name}",)


@rules.mistake(
    "optimizers",
    "The optimizer of {which} is made anew in every step, so it forgets everything.",
    why="Momentum and the like need their memory from step to step.",
    hint="Where does an optimizer with momentum keep the last step, and where is it next time?",
    stronger="Make the copies once, in initialize.",
    each=WHICH,
)
def opt_copied_every_step(s, which, both, weights):
    return (*["new for W"] * weights, *["new for w0"] * (both or not weights))


@rules.mistake(
    "optimizers",
    "Two layers use the same copies of the optimizer.",
    why="What one layer learns disturbs the other.",
    hint="Where do the copies live: with the layer, or with the class?",
    stronger="Keep them on self.",
)
def opt_shared_by_layers(s):
    return ("shared by layers",)


# -- frozen layers -------------------------------------------------------------------------


@rules.mistake(
    "frozen",
    "trainable is ignored: a frozen layer learns like any other.",
    why="Freezing is how trained layers are kept while others learn.",
    hint="Set trainable = False and look at W after backward_pass.",
    stronger="Both updates belong under `if self.trainable`, every time backward_pass is called.",
)
def trainable_ignored(s):
    return ("the same", _learns(s))


def _learns(s):
    """What a trainable layer learns; if that is nothing, a frozen one has its own mistakes."""
    if s.usual == "nothing":
        raise Unknown
    return s.usual


@rules.mistake(
    "frozen",
    "Only {frozen} stays as it is in a frozen layer; {which} goes on learning.",
    why="A frozen layer must give the same output as before.",
    hint="Set trainable = False and look at {which} after backward_pass.",
    stronger="Both updates belong under `if self.trainable`.",
    each=[{"frozen": "W", "which": "w0"}, {"frozen": "w0", "which": "W"}],
)
def half_frozen(s, frozen, which):
    return ("the same", which)


@rules.mistake(
    "frozen",
    "A frozen layer returns nothing from backward_pass.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="What does a frozen layer hand to the layer below?",
    stronger="Is the return inside the if?",
)
def trainable_returns_none(s):
    return (None, "nothing")


@rules.mistake(
    "frozen",
    "A frozen layer returns zeros.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="What does a frozen layer hand to the layer below?",
    stronger="Only the updates depend on trainable; the returned gradient does not.",
)
def frozen_returns_zeros(s):
    return (np.zeros_like(s.X), "nothing")


@rules.mistake(
    "frozen",
    "A frozen layer hands the incoming gradient on as it is.",
    why="The gradient with respect to X goes through W, frozen or not.",
    hint="What shape must the returned gradient have, also for a frozen layer?",
    stronger="Only the updates depend on trainable; the returned gradient does not.",
)
def frozen_passes_gradient_on(s):
    return (s.G, "nothing")


@rules.mistake(
    "frozen",
    "For a frozen layer a variable is used that is only set for a trainable one.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="Follow the code with trainable = False.",
    stronger="Move what the return line needs out of the if.",
)
def trainable_unbound(s):
    return (Raised("UnboundLocalError"), "nothing")


@rules.mistake(
    "frozen",
    "trainable is looked at too early: setting it to False later has no effect.",
    why="Layers are frozen after they have been trained, at any time.",
    hint="Set trainable = False after the forward pass. Who notices?",
    stronger="Read self.trainable in backward_pass, every time.",
)
def trainable_read_too_early(s):
    return ("the same", "nothing" if s.when.startswith("before") else _learns(s))


@rules.mistake(
    "frozen",
    "forward_pass makes a frozen layer trainable again.",
    why="Whoever has set trainable to False wants it to stay so; training is another matter.",
    hint="Print layer.trainable after forward_pass.",
    stronger="trainable is not training: forward_pass sets neither of them.",
)
def trainable_set_by_forward(s):
    return ("the same", _learns(s) if s.when.startswith("before") else "nothing")


# -- counts and shapes ---------------------------------------------------------------------


@rules.mistake(
    "count",
    "parameters() counts the weights but not the biases.",
    why="w0 is learned as well.",
    hint="Count by hand for 2 inputs and 3 units.",
    stronger="There is one bias for each unit.",
)
def params_no_bias(s):
    return s.n_inputs * s.n_units


@rules.mistake(
    "count",
    "parameters() counts one bias for the whole layer.",
    why="Every unit has a bias of its own.",
    hint="Count by hand for 2 inputs and 3 units.",
    stronger="What is the size of w0?",
)
def params_one_bias(s):
    return s.n_inputs * s.n_units + 1


@rules.mistake(
    "count",
    "parameters() counts one bias for each input.",
    why="Every unit has a bias, not every input.",
    hint="Count by hand for 2 inputs and 3 units.",
    stronger="What is the size of w0?",
)
def params_bias_per_input(s):
    return s.n_inputs * s.n_units + s.n_inputs


@rules.mistake(
    "count",
    "parameters() multiplies the numbers of W and w0, where it should add them.",
    why="There are as many numbers to learn as W and w0 have together.",
    hint="Count by hand for 2 inputs and 3 units. And what does + do to two tuples?",
    stronger="Take the size of each array, and add the two: W.shape + w0.shape only joins them.",
)
def params_tuple_concat(s):
    return s.n_inputs * s.n_units * s.n_units


@rules.mistake(
    "count",
    "parameters() adds the sizes where it should multiply.",
    why="Every input is connected to every unit.",
    hint="Count by hand for 2 inputs and 3 units.",
    stronger="How many numbers does W hold?",
)
def params_added(s):
    return s.n_inputs + s.n_units


@rules.mistake(
    "count",
    "parameters() counts arrays, not numbers.",
    why="The number of trainable numbers is asked for.",
    hint="How many numbers does W hold?",
    stronger="Every array has a size.",
)
def params_counts_arrays(s):
    return 2


@rules.mistake(
    "count",
    "parameters() returns nothing.",
    why="Whoever asks needs the number.",
    hint="The caller needs the value, not the printout.",
    stronger="A method without a return statement returns None.",
)
def params_not_returned(s):
    return None


@rules.mistake(
    "shape",
    "output_shape() returns a number, not a tuple.",
    why="The next layer takes the shape apart, as it would for images.",
    hint="What makes a one-element tuple a tuple?",
    stronger="Parentheses alone do not; the comma does.",
)
def oshape_int(s):
    return s.n_units


@rules.mistake(
    "shape",
    "output_shape() returns the shape of W.",
    why="The next layer needs the shape of what comes out.",
    hint="Shape of one output row, without the batch.",
    stronger="The number of inputs does not come out of the layer.",
)
def oshape_wshape(s):
    return (s.n_inputs, s.n_units)


@rules.mistake(
    "shape",
    "output_shape() returns a list, not a tuple.",
    why="Shapes are tuples in NumPy, and only tuples can be joined with tuples.",
    hint="Which brackets make a tuple?",
    stronger="Round ones, with a comma.",
)
def oshape_list(s):
    return [s.n_units]


@rules.mistake(
    "shape",
    "output_shape() has a place for the batch.",
    why="The statement asks for the shape of one row.",
    hint="Shape of one output row, without the batch.",
    stronger="A tuple with one number.",
)
def oshape_with_batch(s):
    return (None, s.n_units)


@rules.mistake(
    "shape",
    "output_shape() is the shape of w0.",
    why="The statement asks for the shape of one row.",
    hint="Shape of one output row, without the batch.",
    stronger="A tuple with one number.",
)
def oshape_of_bias(s):
    return (1, s.n_units)


@rules.mistake(
    "shape",
    "output_shape() returns the input shape.",
    why="The next layer needs the shape of what comes out.",
    hint="How many numbers come out of the layer for one row?",
    stronger="As many as there are units.",
)
def oshape_of_input(s):
    return (s.n_inputs,)


@rules.mistake(
    "shape",
    "output_shape() returns nothing.",
    why="The next layer needs the shape.",
    hint="Which of the methods in the statement does your class define?",
    stronger="A method without a return statement returns None.",
)
def oshape_none(s):
    return None


# -- memory --------------------------------------------------------------------------------


@rules.mistake(
    "passes",
    "The gradient of {which} adds up over the passes.",
    why="Each step then repeats all the steps before it.",
    hint="Call backward_pass twice on the same data; is the second gradient the same?",
    stronger="Start each backward_pass with a gradient of its own.",
    each=WHICH,
)
def gradient_accumulates(s, which, both, weights):
    def so_far(number, part):
        return sum(found[part] for found in s.fresh[: number + 1])

    return _passes(s, both, weights, so_far)


@rules.mistake(
    "passes",
    "The gradient of {which} is mixed with that of the pass before.",
    why="Smoothing the steps is the optimizer's business, and it may do it another way.",
    hint="Call backward_pass twice on the same data; is the second gradient the same?",
    stronger="Start each backward_pass with a gradient of its own.",
    each=[{**which, "share": share} for share in (0.5, 0.9, 0.1) for which in WHICH],
)
def gradient_smoothed(s, which, both, weights, share):
    def mixed(number, part):
        new = s.fresh[number][part]
        return share * mixed(number - 1, part) + (1 - share) * new if number else new

    return _passes(s, both, weights, mixed)


def _passes(s, both, weights, change):
    """The passes as fresh layers give them, but for the gradients of W or w0, or both."""
    changed = [part for part, about in ((2, both or weights), (3, both or not weights)) if about]
    return [
        tuple(change(number, part) if part in changed else found[part] for part in range(4))
        for number, found in enumerate(s.fresh)
    ]


@rules.mistake(
    "passes",
    "The input of the very first pass is used for every later gradient.",
    why="A gradient belongs to the input that made the output.",
    hint="Call forward_pass with two different inputs; which one does backward_pass see?",
    stronger="Keep X in every forward_pass, not only in the first.",
)
def first_input_kept(s):
    return _with_inputs(s, [s.inputs[0]] * len(s.rounds))


@rules.mistake(
    "passes",
    "backward_pass takes the oldest input that is still kept, not that of the last forward_pass.",
    why="Not every forward_pass is followed by a backward_pass: many only predict.",
    hint="Call forward_pass twice, and then backward_pass; which input does it use?",
    stronger="Keep one input, the last.",
)
def oldest_input_used(s):
    return _with_inputs(s, s.inputs)


def _with_inputs(s, inputs):
    """The passes, with the weight gradients made of these inputs; or what that raises."""
    found = []
    for X, case, (output, back, _, bias) in zip(inputs, s.rounds, s.fresh, strict=False):
        fits = len(X) == len(case.G)
        found.append((output, back, X.T @ case.G, bias) if fits else Raised("ValueError"))
    return found


@rules.mistake(
    "passes",
    "Something that has as many rows as the first batch is kept, and fits no other batch.",
    why="The last batch of an epoch is often smaller than the others.",
    hint="Call both passes with four rows, and then with two.",
    stronger="What depends on the number of rows has to be made in every pass.",
)
def first_batch_size_kept(s):
    rows = len(s.rounds[0].G)
    pairs = zip(s.rounds, s.fresh, strict=True)
    return [found if len(case.G) == rows else Raised("ValueError") for case, found in pairs]


@rules.mistake(
    "passes",
    "After forward_pass with training=False the layer never learns again.",
    why="A network is tried out in the middle of its training, and goes on learning afterwards.",
    hint="Call forward_pass(X, training=False), then both passes; what has changed on self?",
    stronger="training concerns one call; trainable is for others to set.",
)
def frozen_by_evaluation(s):
    if s.training is not False:
        raise Unknown
    return [(output, back, None, None) for output, back, _, _ in s.fresh]


@rules.mistake(
    "layers",
    "All layers have the same parameters.",
    why="A network is made of several layers, each with weights of its own.",
    hint="Make two layers and change W of one; what is W of the other?",
    stronger="What stands in the class's body belongs to all instances; use self.",
)
def parameters_shared_by_layers(s):
    if s.what != "outputs":
        raise Unknown
    last = s.layers[-1]
    return [case.X @ last.W + last.b for case in s.layers]


@rules.mistake(
    "layers",
    "All layers keep their input in the same place: the last one overwrites that of the others.",
    why="In a network every layer has its forward pass before the first has its backward pass.",
    hint="Call forward_pass of two layers, then backward_pass of both; which input do they use?",
    stronger="Globals, the class's body and default arguments exist once; use self.",
)
def input_shared_by_layers(s):
    if s.what != "gradients":
        raise Unknown
    return [s.layers[-1].X.T @ case.G for case in s.layers]


@rules.mistake(
    "layers",
    "All layers have the {size} of the layer that was made last.",
    why="A network is made of layers of different sizes.",
    hint="Make two layers of different sizes, and look at the first again.",
    stronger="What is stored on the class belongs to all instances; use self.",
    each=[{"size": "input shape"}, {"size": "number of units"}],
)
def size_shared_by_layers(s, size):
    if s.what != "shapes":
        raise Unknown
    last, inputs = s.layers[-1], size == "input shape"
    pairs = [(last.n_inputs if inputs else c.n_inputs, c, last) for c in s.layers]
    return [(n, case.n_units if inputs else last.n_units) for n, case, last in pairs]


# -- the caller's arrays -------------------------------------------------------------------


@rules.mistake(
    "arguments",
    "{method} changes the caller's array {name}.",
    why="The array belongs to whoever calls; the next layer, or the next epoch, needs it as it is.",
    hint="Print {name} before and after {method}.",
    stronger="+=, *= and [...] = write into the array that they stand behind; make a new one.",
    each=[
        {"name": "X", "method": "forward_pass"},
        {"name": "X", "method": "backward_pass"},
        {"name": "accum_grad", "method": "backward_pass"},
    ],
)
def argument_changed(s, name, method):
    if (s.name, s.method) != (name, method):
        raise Unknown
    return "changed"


def _array(value):
    """An array that the student's code gave; without one there is nothing to predict."""
    if not isinstance(value, np.ndarray):
        raise Unknown
    return value


# -- names and exceptions ------------------------------------------------------------------


@rules.telltale(
    "initialization",
    "input_shape is a tuple, and is used as a number in line {line}.",
    why="The statement has the tuple (n_inputs,), of which the number is the first and only item.",
    hint="Print self.input_shape where you use it.",
    stronger="self.input_shape[0] is the number of inputs.",
)
def input_shape_taken_whole(facts):
    in_starting = any(
        group == "initialization" and error.type_name == "TypeError" and "tuple" in error.message
        for group, error in facts.errors
    )
    whole = re.compile(r"^(?!\s*def )(?!.*self\.input_shape\s*=[^=]).*\binput_shape\b(?!\s*[\[=])")
    used = (n for n, line in enumerate(facts.source.lines, 1) if whole.match(line))
    line = next(used, 0) if in_starting else 0
    return {"line": str(line)} if line else False


@rules.telltale(
    "parameters",
    "The method is called {name}; the statement calls it parameters.",
    why="Whoever uses the layer calls it by the name of the statement.",
    hint="Compare your method names with the list in the statement.",
    stronger="Rename {name} to parameters.",
)
def params_wrong_name(facts):
    known = ("number_of_parameters", "num_parameters", "n_parameters", "count_params", "params")
    found = [
        name for name in (*known, "count_parameters", "get_parameters") if name in facts.methods
    ]
    return {"name": found[0]} if found and "parameters" not in facts.own else False


@rules.telltale(
    "constructor",
    "What the statement calls {wanted} is called {named} here.",
    why="Whoever uses the layer reads and sets its attributes by the names of the statement.",
    hint="Use the attribute names that the statement gives.",
    stronger="Rename {named} to {wanted}, wherever it stands.",
)
def parameters_misnamed(facts):
    known = {"W": ("w", "weights", "weight", "kernel"), "w0": ("b", "bias", "biases", "W0", "b0")}
    kept = facts.source.kept
    found = {
        wanted: other
        for wanted, others in known.items()
        for other in others
        if other in kept and wanted not in kept
    }
    return (
        {"wanted": " and ".join(found), "named": " and ".join(found.values())} if found else False
    )


@rules.telltale(
    "forward",
    "forward_pass does not take the argument training.",
    why="Every layer is called in the same way; some, like dropout, need to know.",
    hint="Compare the signature with the base class.",
    stronger="def forward_pass(self, X, training=True)",
)
def fwd_no_training(facts):
    return any(
        group == "forward"
        and e.type_name == "TypeError"
        and "unexpected keyword argument 'training'" in e.message
        and not e.frames
        for group, e in facts.errors
    )
