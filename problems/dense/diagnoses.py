"""Known mistakes of the problem `dense`: what each of them gives for the same inputs.

Those of the affine part are shared by all dense layers. What is wrong only here follows: a
prediction gets X, W, b (1, n_units), G, batch, n_inputs and n_units, and what else its aspect
shows (see the functions named see_... in checks.py). Where several fit, the first one is named.
"""

import numpy as np

from grader.judge.affine import Draw, Names, mistakes
from grader.judge.diagnosis import Rules, Unknown
from grader.judge.seen import Raised

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


# -- how update is called, and what becomes of its result ----------------------------------

KEPT, LOST, OLD = (1, False, "kept"), (1, False, "lost"), (0, False, "old")


@rules.mistake(
    "step",
    "What update returns is thrown away: neither W nor w0 ever changes.",
    why="The layer does not learn.",
    hint="Print W before and after backward_pass. Where does update() put its answer?",
    stronger="update returns the new parameter; it does not change the one it is given.",
)
def update_discarded(s):
    return (LOST, LOST)


@rules.mistake(
    "step",
    "What update returns for w0 is thrown away: the bias never changes.",
    why="The bias does not learn.",
    hint="Print w0 before and after backward_pass. Where does update() put its answer?",
    stronger="update returns the new parameter; it does not change the one it is given.",
)
def bias_update_discarded(s):
    return (KEPT, LOST)


@rules.mistake(
    "step",
    "What update returns for W is thrown away: the weights never change.",
    why="The weights do not learn.",
    hint="Print W before and after backward_pass. Where does update() put its answer?",
    stronger="update returns the new parameter; it does not change the one it is given.",
)
def weight_update_discarded(s):
    return (LOST, KEPT)


@rules.mistake(
    "step",
    "update is called with the gradient first: update(grad, parameter).",
    why="The optimizer takes its first argument for what it has to change.",
    hint="Which argument does the optimizer treat as the thing to change?",
    stronger="Read the signature of update in the statement.",
)
def update_args_swapped(s):
    return ((1, True, "kept"), (1, True, "kept"))


@rules.mistake(
    "step",
    "update is called with the gradient first for W: update(grad, W).",
    why="The optimizer takes its first argument for what it has to change.",
    hint="Which argument does the optimizer treat as the thing to change?",
    stronger="Read the signature of update in the statement.",
)
def update_args_swapped_for_weights(s):
    return ((1, True, "kept"), KEPT)


@rules.mistake(
    "step",
    "update is called with the gradient first for w0: update(grad, w0).",
    why="The optimizer takes its first argument for what it has to change.",
    hint="Which argument does the optimizer treat as the thing to change?",
    stronger="Read the signature of update in the statement.",
)
def update_args_swapped_for_bias(s):
    return (KEPT, (1, True, "kept"))


@rules.mistake(
    "step",
    "W is updated twice in one backward_pass.",
    why="One pass is one step; an optimizer with a memory counts two.",
    hint="How many steps does the optimizer take in one backward pass?",
    stronger="Count the lines that call update with W.",
)
def update_double(s):
    return ((2, False, "kept"), KEPT)


@rules.mistake(
    "step",
    "W and w0 are updated twice in one backward_pass.",
    why="One pass is one step; an optimizer with a memory counts two.",
    hint="How many steps does the optimizer take in one backward pass?",
    stronger="Count the lines that call update.",
)
def update_double_both(s):
    return ((2, False, "kept"), (2, False, "kept"))


@rules.mistake(
    "step",
    "w0 is updated twice in one backward_pass.",
    why="One pass is one step; an optimizer with a memory counts two.",
    hint="How many steps does the optimizer take in one backward pass?",
    stronger="Count the lines that call update with w0.",
)
def update_double_bias(s):
    return (KEPT, (2, False, "kept"))


@rules.mistake(
    "step",
    "w0 is never updated.",
    why="The bias does not learn.",
    hint="After one training step, which of your parameters moved?",
    stronger="update has to be called for each of the two parameters.",
)
def bias_not_updated(s):
    return (KEPT, OLD)


@rules.mistake(
    "step",
    "W is never updated.",
    why="The weights do not learn.",
    hint="After one training step, which of your parameters moved?",
    stronger="update has to be called for each of the two parameters.",
)
def weights_not_updated(s):
    return (OLD, KEPT)


@rules.mistake(
    "step",
    "Neither W nor w0 is updated.",
    why="The layer does not learn.",
    hint="After one training step, which of your parameters moved?",
    stronger="backward_pass has to call update for each of the two parameters.",
)
def nothing_updated(s):
    if s.calls:
        raise Unknown
    return (OLD, OLD)


def _manual(learning_rate, shown, mean):
    def predict(s):
        if s.calls:
            raise Unknown
        weight, bias = s.X.T @ s.G, s.G.sum(axis=0, keepdims=True)
        share = learning_rate / s.batch if mean else learning_rate
        return ((0, False, s.W - share * weight), (0, False, s.b - share * bias))

    predict.__name__ = f"manual_step_{shown}{'_mean' if mean else ''}"
    rules.mistake(
        "step",
        "The optimizer is not used: the layer takes a step of its own, with a fixed rate.",
        why="Whoever uses the layer chooses how it learns by choosing an optimizer.",
        hint="Swap in an optimizer with a different learning rate: does anything change?",
        stronger="Hand parameter and gradient to update, and keep what it returns.",
    )(predict)


for _mean in (False, True):
    for _rate, _shown in ((1, "1"), (0.1, "0_1"), (0.01, "0_01"), (0.001, "0_001")):
        _manual(_rate, _shown, _mean)


@rules.mistake(
    "step",
    "What update returns is taken for a step and subtracted from the old parameters.",
    why="update returns the new parameter itself.",
    hint="Print what update returns, next to W.",
    stronger="Assign it; nothing has to be subtracted.",
)
def update_subtracted(s):
    return ((1, False, s.W - _array(s.result_W)), (1, False, s.b - _array(s.result_b)))


def _rounded_parameters(places):
    def predict(s):
        new = [np.round(_array(value), places) for value in (s.result_W, s.result_b)]
        olds = (s.result_W, s.result_b)
        return tuple(
            KEPT if np.array_equal(value, old) else (1, False, value)
            for value, old in zip(new, olds, strict=True)
        )

    predict.__name__ = f"parameters_rounded_to_{places}"
    rules.mistake(
        "step",
        f"The parameters are rounded to {places} decimals after each step.",
        why="Small steps are lost: the layer stops learning before it has learned.",
        hint="Which of your lines makes the numbers shorter?",
        stronger="Leave rounding to whoever prints.",
    )(predict)


for _places in (2, 3, 4, 5, 6, 8):
    _rounded_parameters(_places)


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
    "W uses the very optimizer that initialize was given, not a copy.",
    why="A second layer that is given the same optimizer shares its memory.",
    hint="What happens to the optimizer's memory when two layers are given the same one?",
    stronger="Make a copy for each of the two parameters.",
)
def opt_original_for_weights(s):
    return ("original for W",)


@rules.mistake(
    "optimizers",
    "w0 uses the very optimizer that initialize was given, not a copy.",
    why="A second layer that is given the same optimizer shares its memory.",
    hint="What happens to the optimizer's memory when two layers are given the same one?",
    stronger="Make a copy for each of the two parameters.",
)
def opt_original_for_bias(s):
    return ("original for w0",)


@rules.mistake(
    "optimizers",
    "W and w0 use the very optimizer that initialize was given, without sharing it in a step.",
    why="A second layer that is given the same optimizer shares its memory.",
    hint="What happens to the optimizer's memory when two layers are given the same one?",
    stronger="Make a copy for each of the two parameters.",
)
def opt_original(s):
    return ("original for W", "original for w0")


@rules.mistake(
    "optimizers",
    "The optimizer is copied anew in every step, so it forgets everything.",
    why="Momentum and the like need their memory from step to step.",
    hint="Where does an optimizer with momentum keep the last step, and where is it next time?",
    stronger="Make the copies once, in initialize.",
)
def opt_copied_every_step(s):
    return ("new for W", "new for w0")


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
    stronger="Both updates belong under `if self.trainable`.",
)
def trainable_ignored(s):
    return ("the same", True, True, 2)


@rules.mistake(
    "frozen",
    "Only the weights are frozen; the bias goes on learning.",
    why="A frozen layer must give the same output as before.",
    hint="Set trainable = False and look at w0 after backward_pass.",
    stronger="Both updates belong under `if self.trainable`.",
)
def bias_not_frozen(s):
    return ("the same", False, True, 1)


@rules.mistake(
    "frozen",
    "Only the bias is frozen; the weights go on learning.",
    why="A frozen layer must give the same output as before.",
    hint="Set trainable = False and look at W after backward_pass.",
    stronger="Both updates belong under `if self.trainable`.",
)
def weights_not_frozen(s):
    return ("the same", True, False, 1)


@rules.mistake(
    "frozen",
    "A frozen layer returns nothing from backward_pass.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="What does a frozen layer hand to the layer below?",
    stronger="Is the return inside the if?",
)
def trainable_returns_none(s):
    return (None, False, False, 0)


@rules.mistake(
    "frozen",
    "A frozen layer returns zeros.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="What does a frozen layer hand to the layer below?",
    stronger="Only the updates depend on trainable; the returned gradient does not.",
)
def frozen_returns_zeros(s):
    return (np.zeros_like(s.X), False, False, 0)


@rules.mistake(
    "frozen",
    "A frozen layer hands the incoming gradient on as it is.",
    why="The gradient with respect to X goes through W, frozen or not.",
    hint="What shape must the returned gradient have, also for a frozen layer?",
    stronger="Only the updates depend on trainable; the returned gradient does not.",
)
def frozen_passes_gradient_on(s):
    return (s.G, False, False, 0)


@rules.mistake(
    "frozen",
    "For a frozen layer a variable is used that is only set for a trainable one.",
    why="The layers below a frozen one still learn, and need their gradient.",
    hint="Follow the code with trainable = False.",
    stronger="Move what the return line needs out of the if.",
)
def trainable_unbound(s):
    return (Raised("UnboundLocalError"), False, False, 0)


@rules.mistake(
    "frozen",
    "trainable is looked at too early: setting it to False later has no effect.",
    why="Layers are frozen after they have been trained, at any time.",
    hint="Set trainable = False after the forward pass. Who notices?",
    stronger="Read self.trainable in backward_pass, every time.",
)
def trainable_read_too_early(s):
    if s.when.startswith("before"):
        return ("the same", False, False, 0)
    return ("the same", True, True, 2)


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
    "parameters() multiplies the sizes of both shapes: adding two tuples joins them.",
    why="The counts of W and w0 have to be added, not multiplied.",
    hint="What does + do to two tuples?",
    stronger="Take the size of each array, and add the two numbers.",
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
    "count",
    "parameters() is not written: the one of the base class is called, which counts nothing.",
    why="The number of trainable numbers is asked for.",
    hint="Which of the methods in the statement does your class define?",
    stronger="Compare your method names with the list in the statement.",
)
def params_of_base_class(s):
    return 0


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
    "The weight gradient adds up over the passes.",
    why="Each step then repeats all the steps before it.",
    hint="Call backward_pass twice on the same data; is the second gradient the same?",
    stronger="Start each backward_pass with a gradient of its own.",
)
def gradient_accumulates(s):
    return _running([case.X.T @ case.G for case in s.rounds])


def _running(gradients):
    return [sum(gradients[: number + 1]) for number in range(len(gradients))]


@rules.mistake(
    "passes",
    "The input of the very first pass is used for every later gradient.",
    why="A gradient belongs to the input that made the output.",
    hint="Call forward_pass with two different inputs; which one does backward_pass see?",
    stronger="Keep X in every forward_pass, not only in the first.",
)
def first_input_kept(s):
    first = s.rounds[0].X
    return [_or_none(first, case.G) for case in s.rounds]


def _or_none(X, G):
    return X.T @ G if len(X) == len(G) else None


@rules.mistake(
    "layers",
    "All layers have the same parameters.",
    why="A network is made of several layers, each with weights of its own.",
    hint="Make two layers and change W of one; what is W of the other?",
    stronger="What stands in the class's body belongs to all instances; use self.",
)
def parameters_shared_by_layers(s):
    last = s.layers[-1]
    return [case.X @ last.W + last.b for case in s.layers]


def _array(value):
    """An array that the student's code gave; without one there is nothing to predict."""
    if not isinstance(value, np.ndarray):
        raise Unknown
    return value


# -- names and exceptions ------------------------------------------------------------------


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
    return {"name": found[0]} if found else False


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
        and "training" in e.message
        and not e.frames
        for group, e in facts.errors
    )
