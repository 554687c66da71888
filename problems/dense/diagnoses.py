"""Known mistakes of the problem `dense`: what each of them gives for the same inputs.

A prediction gets X, W, b (1, n_units), G, batch, n_inputs and n_units, and what else its aspect
shows (see the functions named see_... in checks.py). Where several fit, the first one is named.
"""

import numpy as np

from grader.judge.diagnosis import Rules, Unknown
from grader.judge.seen import Raised

rules = Rules()

# -- the output ----------------------------------------------------------------------------

NOT_A_DENSE_LAYER = "Every layer behind this one gets other numbers than it should."


@rules.mistake(
    "output",
    "The bias is not added to the output.",
    why="Without w0 the layer can only learn functions that give 0 for an input of 0.",
    hint="Set w0 to something large by hand; does the output move?",
    stronger="Compare the line that computes the output with the formula of the statement.",
)
def bias_not_added(s):
    return s.X @ s.W


@rules.mistake(
    "output",
    "The bias is subtracted instead of added.",
    why="The update moves w0 the other way than the output needs.",
    hint="Set W to zeros by hand; what should the output be, and what is it?",
    stronger="Look at the sign in front of w0.",
)
def bias_subtracted(s):
    return s.X @ s.W - s.b


@rules.mistake(
    "output",
    "X and W are multiplied element by element; the statement asks for the matrix product.",
    why="`*` multiplies numbers at the same place; a unit needs the sum over all its inputs.",
    hint="What does `*` do with two arrays in NumPy, and what does `@` do?",
    stronger="The product of shapes (batch, n_inputs) and (n_inputs, n_units) is written X @ W.",
)
def elementwise_product(s):
    return s.X * s.W + s.b


def _activation(name, function, shown):
    def predict(s):
        return function(s.X @ s.W + s.b)

    predict.__name__ = f"{name}_added"
    rules.mistake(
        "output",
        f"An activation ({shown}) is applied to the output.",
        why="In this exercise activations are layers of their own; this one is linear.",
        hint="Is an activation part of this layer?",
        stronger="The statement's formula for the output ends after adding w0.",
    )(predict)


_activation("relu", lambda z: np.maximum(z, 0), "ReLU")
_activation("sigmoid", lambda z: 1 / (1 + np.exp(-z)), "sigmoid")
_activation("tanh", np.tanh, "tanh")
_activation(
    "softmax",
    lambda z: (
        np.exp(z - z.max(1, keepdims=True))
        / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True)
    ),
    "softmax",
)


@rules.mistake(
    "output",
    "forward_pass returns nothing.",
    why="The next layer needs the value; a printout does not reach it.",
    hint="The caller needs the value, not the printout.",
    stronger="A method without a return statement returns None.",
)
def output_not_returned(s):
    return None


@rules.mistake(
    "output",
    "W is transposed in the product.",
    why=NOT_A_DENSE_LAYER + " With as many inputs as units it does not even raise.",
    hint="Write the shapes of X and W below each other; which sizes must meet?",
    stronger="W has one row for each input, so X and W meet without a transpose.",
)
def weights_transposed_in_forward(s):
    return s.X @ s.W.T + s.b


@rules.mistake(
    "output",
    "The bias is multiplied by W as well: the output is (X + w0)·W.",
    why=NOT_A_DENSE_LAYER,
    hint="In which order are the product and the sum done?",
    stronger="Multiply first, then add.",
)
def bias_added_to_input(s):
    return (s.X + s.b) @ s.W


@rules.mistake(
    "output",
    "The bias is multiplied by the number of rows.",
    why="Each row gets the bias once, whatever the batch.",
    hint="How large is the output for X of zeros, with one row and with four?",
    stronger="Broadcasting adds w0 to every row; nothing has to be repeated or summed.",
)
def bias_times_batch(s):
    return s.X @ s.W + s.batch * s.b


@rules.mistake(
    "output",
    "The bias is added twice.",
    why="The output moves by twice w0.",
    hint="Set W to zeros by hand; what should the output be, and what is it?",
    stronger="Look for two places that add w0.",
)
def bias_added_twice(s):
    return s.X @ s.W + 2 * s.b


@rules.mistake(
    "output",
    "The output is transposed: units in rows.",
    why="One row for each sample is what every other layer expects.",
    hint="What shape should the output have for four samples and two units?",
    stronger="Print the shape of what you return, next to (batch, n_units).",
)
def output_transposed(s):
    return (s.X @ s.W + s.b).T


@rules.mistake(
    "output",
    "A dimension of length 1 is removed from the output.",
    why="A batch of one row, or a layer of one unit, has two dimensions like any other.",
    hint="What is the shape of your output for one row, and for one unit?",
    stronger="np.squeeze, ravel and [0] remove dimensions; so does taking X apart row by row.",
)
def output_squeezed(s):
    return np.squeeze(s.X @ s.W + s.b)


@rules.mistake(
    "output",
    "The output is flattened to one dimension.",
    why="One row for each sample is what every other layer expects.",
    hint="What is the shape of your output for two rows?",
    stronger="Something like ravel, flatten or reshape(-1) takes the rows apart.",
)
def output_flattened(s):
    return np.ravel(s.X @ s.W + s.b)


def _rounded(places):
    def predict(s):
        return np.round(s.X @ s.W + s.b, places)

    predict.__name__ = f"output_rounded_to_{places}"
    rules.mistake(
        "output",
        f"The output is rounded to {places} decimals.",
        why="Rounding hides small steps from the gradient; the example is only printed so.",
        hint="Which of your lines makes the numbers shorter?",
        stronger="Leave rounding to whoever prints.",
    )(predict)


for _places in (2, 3, 4, 5, 6, 8):
    _rounded(_places)


@rules.mistake(
    "output",
    "The output is single precision (float32).",
    why="Half of the digits are lost, and sums of many small steps with them.",
    hint="Print the dtype of what you return.",
    stronger="NumPy computes in float64 by itself; something of yours converts.",
)
def output_in_float32(s):
    return (s.X @ s.W + s.b).astype(np.float32)


@rules.mistake(
    "output",
    "Rows after the sixteenth are not computed.",
    why="A batch can have any number of rows.",
    hint="Try a batch of seventeen rows.",
    stronger="Where does the number of rows come from: from X, or from a constant?",
)
def sixteen_rows_only(s):
    output = s.X @ s.W + s.b
    output[16:] = 0
    return output


@rules.mistake(
    "output",
    "The output is averaged over the batch.",
    why="Each sample has an output of its own.",
    hint="How many rows go in, and how many come out?",
    stronger="Nothing in the forward pass mixes rows.",
)
def output_averaged(s):
    return (s.X @ s.W + s.b).mean(axis=0, keepdims=True)


@rules.mistake(
    "output",
    "The output is the sample answer of the statement, whatever the input is.",
    why="The layer has to work for every input.",
    hint="Try another input.",
    stronger="Compute the numbers; do not write them down.",
)
def output_is_the_sample(s):
    return np.array([[0.10162127, -0.33551992, -0.64490545]])


# -- the gradient that backward_pass returns -----------------------------------------------


@rules.mistake(
    "input-gradient",
    "backward_pass returns the gradient through the already updated W.",
    why="The output was made with the old weights; its slope is theirs.",
    hint="Which weights produced this output: the ones before or after your update line?",
    stronger="Compute the returned gradient, or keep a copy of W, before you update W.",
)
def post_update_w(s):
    return s.G @ _array(s.new_W).T


@rules.mistake(
    "input-gradient",
    "The transpose of W is missing in the returned gradient.",
    why="The gradient for X must have the shape of X.",
    hint="What shape must the returned gradient have? Compare with X.",
    stronger="G has a column for each unit; which way round must W stand to meet it?",
)
def missing_transpose(s):
    return s.G @ s.W


@rules.mistake(
    "input-gradient",
    "The transpose of W is missing in the returned gradient, and W is the updated one.",
    why="The gradient for X must have the shape of X, and go through the old weights.",
    hint="What shape must the returned gradient have? And which weights made the output?",
    stronger="Keep a copy of W before the update; then let the shapes tell where it goes.",
)
def missing_transpose_post_update(s):
    return s.G @ _array(s.new_W)


@rules.mistake(
    "input-gradient",
    "W is transposed only if the shapes do not fit otherwise, which goes wrong in a square layer.",
    why="With as many inputs as units the wrong product fits as well, and gives other numbers.",
    hint="Try a layer with three inputs and three units.",
    stronger="The transpose is always needed; do not let the shapes decide.",
)
def transposed_if_needed(s):
    return s.G @ s.W if s.n_inputs == s.n_units else s.G @ s.W.T


@rules.mistake(
    "input-gradient",
    "backward_pass returns the gradient of the weights.",
    why="The layer below needs to know how the loss depends on its output, which is X.",
    hint="Whose gradient does the layer below ask for?",
    stronger="Two gradients go to the optimizers; a third one is returned.",
)
def returns_weight_gradient(s):
    return s.X.T @ s.G


@rules.mistake(
    "input-gradient",
    "backward_pass returns the incoming gradient as it is.",
    why="The gradient with respect to X depends on the weights.",
    hint="What shape must the returned gradient have? Compare with X.",
    stronger="Use the chain rule: each input reaches every unit through a weight.",
)
def returns_incoming_gradient(s):
    return s.G


@rules.mistake(
    "input-gradient",
    "backward_pass returns nothing.",
    why="The layer below waits for its gradient.",
    hint="What does the layer below get from this one?",
    stronger="A method without a return statement returns None.",
)
def input_gradient_not_returned(s):
    return None


@rules.mistake(
    "input-gradient",
    "The returned gradient is divided by the number of rows.",
    why="Every row has a gradient of its own; averaging is the loss's job.",
    hint="Is the averaging over the batch this layer's job, or already inside accum_grad?",
    stronger="The formula for the returned gradient has no division.",
)
def input_gradient_mean(s):
    return s.G @ s.W.T / s.batch


@rules.mistake(
    "input-gradient",
    "The returned gradient is transposed.",
    why="It must have the shape of X.",
    hint="What shape must the returned gradient have? Compare with X.",
    stronger="In a product the order of the factors decides which sizes meet.",
)
def input_gradient_transposed(s):
    return s.W @ s.G.T


@rules.mistake(
    "input-gradient",
    "The returned gradient has the wrong sign.",
    why="The layers below would climb the loss instead of going down.",
    hint="Which part of training turns a gradient into a step down: the layer or the optimizer?",
    stronger="The formula for the returned gradient has no minus.",
)
def input_gradient_negated(s):
    return -(s.G @ s.W.T)


@rules.mistake(
    "input-gradient",
    "The returned gradient is clipped to [-1, 1].",
    why="What is cut off is lost for all the layers below.",
    hint="What does your code do with a gradient of 5?",
    stronger="Clipping, where it is wanted, is a matter of the optimizer.",
)
def input_gradient_clipped(s):
    return np.clip(s.G @ s.W.T, -1, 1)


@rules.mistake(
    "input-gradient",
    "The returned gradient passes only where the input is positive, as in a ReLU.",
    why="This layer is linear: its slope does not depend on the sign of the input.",
    hint="Is an activation part of this layer?",
    stronger="The derivative of X·W + w0 with respect to X does not contain X.",
)
def input_gradient_masked(s):
    return (s.G @ s.W.T) * (s.X > 0)


@rules.mistake(
    "input-gradient",
    "W is reshaped where it should be transposed.",
    why="reshape keeps the order of the numbers and only breaks lines elsewhere.",
    hint="Print W.reshape(3, 2) and W.T for a small W.",
    stronger="Rows and columns are exchanged by .T.",
)
def weights_reshaped(s):
    return s.G @ s.W.reshape(s.n_units, s.n_inputs)


@rules.mistake(
    "input-gradient",
    "The returned gradient is multiplied by the input.",
    why="The derivative of X·W with respect to X does not contain X.",
    hint="Differentiate x·w with respect to x.",
    stronger="X belongs into the gradient of the weights.",
)
def input_gradient_times_input(s):
    return (s.G @ s.W.T) * s.X


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


# -- the gradient that the optimizer is given for W ----------------------------------------

NO_UPDATE = "backward_pass never calls the optimizer's update for {}, so it gets no gradient."


@rules.mistake(
    "weight-gradient",
    "The weight gradient is the mean over the batch; the statement asks for the sum.",
    why="Steps become smaller the larger the batch is.",
    hint="Is the averaging over the batch this layer's job, or already inside accum_grad?",
    stronger="The formula Xᵀ·G has no division.",
)
def weight_mean(s):
    return s.X.T @ s.G / s.batch


@rules.mistake(
    "weight-gradient",
    "The weight gradient is transposed.",
    why="Each weight gets another weight's step.",
    hint="The weight gradient must have the same shape as W.",
    stronger="Which factor has the inputs in its columns, and where must they end up?",
)
def weight_transposed(s):
    return s.G.T @ s.X


@rules.mistake(
    "weight-gradient",
    "The weight gradient is transposed in square layers.",
    why="With as many inputs as units the wrong product fits as well, and gives other numbers.",
    hint="Try a layer with three inputs and three units.",
    stronger="The order of the factors is always the same; do not let the shapes decide.",
)
def weight_transposed_if_square(s):
    return s.G.T @ s.X if s.n_inputs == s.n_units else s.X.T @ s.G


@rules.mistake(
    "weight-gradient",
    "The transpose of X is missing in the weight gradient.",
    why="The gradient must have the same shape as W.",
    hint="The weight gradient must have the same shape as W.",
    stronger="X has a row for each sample; which way round must it stand to meet G?",
)
def weight_without_transpose(s):
    return s.X @ s.G


@rules.mistake(
    "weight-gradient",
    "The weight gradient is the outer product of all inputs and all gradients.",
    why="For one row that is the same; for more it has another shape.",
    hint="Try a batch of two rows.",
    stronger="np.outer flattens its arguments; the matrix product sums over the rows.",
)
def weight_outer(s):
    return np.outer(s.X, s.G)


@rules.mistake(
    "weight-gradient",
    "Inputs and gradients are summed over the batch before they are multiplied.",
    why="That multiplies the input of one sample by the gradient of another.",
    hint="Try a batch of two rows, and do the sum by hand.",
    stronger="Multiply row by row first, and sum then; the matrix product does both.",
)
def weight_outer_of_sums(s):
    return np.outer(s.X.sum(axis=0), s.G.sum(axis=0))


@rules.mistake(
    "weight-gradient",
    "Inputs and gradients are averaged over the batch before they are multiplied.",
    why="That multiplies the input of one sample by the gradient of another.",
    hint="Try a batch of two rows, and do the sum by hand.",
    stronger="Multiply row by row first, and sum then; the matrix product does both.",
)
def weight_outer_of_means(s):
    return np.outer(s.X.mean(axis=0), s.G.mean(axis=0))


@rules.mistake(
    "weight-gradient",
    "The weight gradient comes from the first row of the batch only.",
    why="The other samples teach the layer nothing.",
    hint="Try a batch of two rows.",
    stronger="Look for an index [0].",
)
def weight_first_row(s):
    return np.outer(s.X[0], s.G[0])


@rules.mistake(
    "weight-gradient",
    "The weight gradient comes from the last row of the batch only.",
    why="The other samples teach the layer nothing.",
    hint="Try a batch of two rows.",
    stronger="In a loop over the rows, is each row's part added, or assigned?",
)
def weight_last_row(s):
    return np.outer(s.X[-1], s.G[-1])


@rules.mistake(
    "weight-gradient",
    "The weight gradient has the wrong sign.",
    why="The optimizer subtracts what it is given; with the sign turned twice, the loss grows.",
    hint="Does the loss go down when you step?",
    stronger="The optimizer already goes against the gradient.",
)
def weight_negated(s):
    return -(s.X.T @ s.G)


@rules.mistake(
    "weight-gradient",
    "The weight gradient is computed from the output instead of the input.",
    why="A weight's influence is as large as the input that it is multiplied by.",
    hint="What is kept in the forward pass for the backward pass?",
    stronger="Keep X, not what is returned.",
)
def weight_from_output(s):
    return _array(s.output).T @ s.G


@rules.mistake(
    "weight-gradient",
    "X is reshaped where it should be transposed.",
    why="reshape keeps the order of the numbers and only breaks lines elsewhere.",
    hint="Print X.reshape(3, 2) and X.T for a small X.",
    stronger="Rows and columns are exchanged by .T.",
)
def input_reshaped(s):
    return s.X.reshape(s.n_inputs, s.batch) @ s.G


@rules.mistake(
    "weight-gradient",
    "The weight gradient is computed in single precision (float32).",
    why="Half of the digits are lost.",
    hint="Print the dtype of the gradient.",
    stronger="NumPy computes in float64 by itself; something of yours converts.",
)
def weight_in_float32(s):
    return (s.X.astype(np.float32).T @ s.G.astype(np.float32)).astype(np.float32)


def _weight_decay(factor, shown):
    def predict(s):
        return s.X.T @ s.G + factor * s.W

    predict.__name__ = f"weight_decay_{shown}"
    rules.mistake(
        "weight-gradient",
        "A multiple of W is added to the weight gradient (weight decay).",
        why="Regularisation is not part of this layer; W shrinks even where there is no loss.",
        hint="What should the gradient be where accum_grad is zero?",
        stronger="The formula for the weight gradient does not contain W.",
    )(predict)


for _factor, _shown in ((1, "1"), (0.1, "0_1"), (0.01, "0_01"), (0.001, "0_001"), (1e-4, "1e_4")):
    _weight_decay(_factor, _shown)


@rules.mistake(
    "weight-gradient",
    "The weight gradient is clipped to [-1, 1].",
    why="A large error should make a large step.",
    hint="What does your code do with a gradient of 5?",
    stronger="Clipping, where it is wanted, is a matter of the optimizer.",
)
def weight_clipped(s):
    return np.clip(s.X.T @ s.G, -1, 1)


@rules.mistake(
    "weight-gradient",
    "The weight gradient is always zero.",
    why="The weights never learn.",
    hint="How does the output change if one weight grows by 1?",
    stronger="Look for zeros that nothing is added to.",
)
def weight_zero(s):
    return np.zeros_like(s.W)


# -- the gradient that the optimizer is given for w0 ---------------------------------------


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the mean over the batch; the statement asks for the sum.",
    why="Each row of the output has the bias added to it, so each row adds its share.",
    hint="Each row of the batch adds the same bias; how do their contributions combine?",
    stronger="Compare np.mean and np.sum for a batch of two equal rows.",
)
def bias_mean(s):
    return s.G.mean(axis=0, keepdims=True)


@rules.mistake(
    "bias-gradient",
    "The bias gradient is accum_grad itself, one row for each sample.",
    why="The bias would get one row for each sample after the first step.",
    hint="What shape is your bias after a batch of four rows?",
    stronger="The rows have to become one.",
)
def bias_unsummed(s):
    return s.G


@rules.mistake(
    "bias-gradient",
    "The bias gradient is one number, the sum over everything.",
    why="Every unit's bias gets the same step, whatever its own error is.",
    hint="Should every unit's bias get the same step?",
    stronger="Which argument tells np.sum to go along one axis only?",
)
def bias_sum_all(s):
    return np.sum(s.G)


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the sum over everything.",
    why="Every unit's bias gets the same step, whatever its own error is.",
    hint="Should every unit's bias get the same step?",
    stronger="Which argument tells np.sum to go along one axis only?",
)
def bias_sum_all_spread(s):
    return np.full_like(s.b, np.sum(s.G))


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the mean over everything.",
    why="Every unit's bias gets the same step, whatever its own error is.",
    hint="Should every unit's bias get the same step, and should the batch size matter?",
    stronger="Sum along one axis only.",
)
def bias_mean_all(s):
    return np.mean(s.G)


@rules.mistake(
    "bias-gradient",
    "The bias gradient is summed over the units instead of over the batch.",
    why="There is one bias for each unit, not one for each sample.",
    hint="Which axis is the batch?",
    stronger="Axis 0 counts the rows, which are the samples.",
)
def bias_sum_axis1(s):
    return s.G.sum(axis=1, keepdims=True)


@rules.mistake(
    "bias-gradient",
    "The bias gradient is summed over the units instead of over the batch.",
    why="There is one bias for each unit, not one for each sample.",
    hint="Which axis is the batch?",
    stronger="Axis 0 counts the rows, which are the samples.",
)
def bias_sum_axis1_flat(s):
    flat = s.G.sum(axis=1)
    return flat.reshape(1, -1) if flat.size == s.n_units else flat


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the first row of accum_grad only.",
    why="The other samples teach the bias nothing.",
    hint="Try a batch of two rows.",
    stronger="Look for an index [0].",
)
def bias_first_row(s):
    return s.G[:1]


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the last row of accum_grad only.",
    why="The other samples teach the bias nothing.",
    hint="Try a batch of two rows.",
    stronger="In a loop over the rows, is each row's part added, or assigned?",
)
def bias_last_row(s):
    return s.G[-1:]


@rules.mistake(
    "bias-gradient",
    "The bias gradient is always zero.",
    why="The output moves with the bias one to one, so the loss does, too.",
    hint="How does the output change if one bias grows by 1?",
    stronger="That it does not depend on the input does not make it zero.",
)
def bias_zero(s):
    return np.zeros_like(s.b)


@rules.mistake(
    "bias-gradient",
    "The bias gradient has the wrong sign.",
    why="The optimizer subtracts what it is given; with the sign turned twice, the loss grows.",
    hint="Does the loss go down when you step?",
    stronger="The optimizer already goes against the gradient.",
)
def bias_negated(s):
    return -s.G.sum(axis=0, keepdims=True)


@rules.mistake(
    "bias-gradient",
    "The bias gradient is averaged over the units.",
    why="The steps of the bias would depend on how many units the layer has.",
    hint="Which axis is the batch, and is it summed or averaged?",
    stronger="Is there a division that the formula does not have?",
)
def bias_divided_by_units(s):
    return s.G.sum(axis=0, keepdims=True) / s.n_units


@rules.mistake(
    "bias-gradient",
    "The bias gradient is the sum of the weight gradient over the inputs.",
    why="That counts every sample as often as its inputs are large.",
    hint="What is the bias multiplied by in the output?",
    stronger="The bias gradient does not contain X.",
)
def bias_from_weight_gradient(s):
    return (s.X.T @ s.G).sum(axis=0, keepdims=True)


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


# -- initialization ------------------------------------------------------------------------


def _draw(name, title, hint, stronger, predict):
    predict.__name__ = name
    rules.mistake(
        "draw",
        title,
        why="Too large or too small weights make deep networks explode or fall silent.",
        hint=hint,
        stronger=stronger,
    )(predict)


def _uniform(s, limit, low=None):
    return s.random().uniform(-limit if low is None else low, limit, (s.n_inputs, s.n_units))


_FORMULA = "Re-read the formula for the limit."
_DISTRIBUTION = "Which distribution is asked for?"
_draw(
    "limit_n_units",
    "The limit is computed from the number of units (fan-out), not of inputs (fan-in).",
    "Fan-in or fan-out?",
    "The statement's limit contains input_shape[0].",
    lambda s: _uniform(s, 1 / np.sqrt(s.n_units)),
)
_draw(
    "limit_no_sqrt",
    "The limit lacks the square root: it is 1/n_inputs.",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, 1 / s.n_inputs),
)
_draw(
    "limit_inverted",
    "The limit is upside down: √n_inputs instead of 1/√n_inputs.",
    "More inputs should mean smaller weights.",
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, np.sqrt(s.n_inputs)),
)
_draw(
    "limit_glorot",
    "The limit is that of Glorot (Xavier) initialization, √(6/(n_inputs + n_units)).",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5, whatever the units.",
    lambda s: _uniform(s, np.sqrt(6 / (s.n_inputs + s.n_units))),
)
_draw(
    "limit_he",
    "The limit is that of He initialization, √(6/n_inputs).",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, np.sqrt(6 / s.n_inputs)),
)
_draw(
    "limit_sqrt2",
    "The limit is √(2/n_inputs), not 1/√n_inputs.",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, np.sqrt(2 / s.n_inputs)),
)
_draw(
    "limit_sqrt3",
    "The limit is √(3/n_inputs), not 1/√n_inputs.",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, np.sqrt(3 / s.n_inputs)),
)
_draw(
    "limit_ones",
    "W is drawn from [-1, 1], whatever the number of inputs.",
    _FORMULA,
    "Print your limit for 4 inputs; it should be 0.5.",
    lambda s: _uniform(s, 1.0),
)
_draw(
    "init_one_sided",
    "W is drawn from [0, limit], so no weight is negative.",
    "Can your weights be negative?",
    "The lower end of the range is -limit.",
    lambda s: _uniform(s, 1 / np.sqrt(s.n_inputs), 0.0),
)
_draw(
    "init_rand",
    "W is drawn from [0, 1), with no limit at all.",
    "Can your weights be negative, and does their size depend on the number of inputs?",
    "np.random.rand draws from [0, 1); the statement's range is [-limit, limit].",
    lambda s: s.random().rand(s.n_inputs, s.n_units),
)
_draw(
    "init_normal",
    "W is drawn from a normal distribution with the limit as its standard deviation.",
    _DISTRIBUTION,
    "A uniform distribution has two ends; a normal one has none.",
    lambda s: s.random().normal(0, 1 / np.sqrt(s.n_inputs), (s.n_inputs, s.n_units)),
)
_draw(
    "init_standard_normal",
    "W is drawn from the standard normal distribution.",
    _DISTRIBUTION,
    "A uniform distribution has two ends; a normal one has none.",
    lambda s: s.random().randn(s.n_inputs, s.n_units),
)
_draw(
    "init_small_normal",
    "W is drawn from a normal distribution and multiplied by 0.01.",
    _DISTRIBUTION,
    "A uniform distribution has two ends; a normal one has none.",
    lambda s: s.random().randn(s.n_inputs, s.n_units) * 0.01,
)
_draw(
    "init_he_normal",
    "W is drawn from a normal distribution with √(2/n_inputs) (He initialization).",
    _DISTRIBUTION,
    "A uniform distribution has two ends; a normal one has none.",
    lambda s: s.random().randn(s.n_inputs, s.n_units) * np.sqrt(2 / s.n_inputs),
)
_draw(
    "init_glorot_normal",
    "W is drawn from a normal distribution with √(2/(n_inputs + n_units)) (Glorot).",
    _DISTRIBUTION,
    "A uniform distribution has two ends; a normal one has none.",
    lambda s: s.random().randn(s.n_inputs, s.n_units) * np.sqrt(2 / (s.n_inputs + s.n_units)),
)
_draw(
    "init_zeros",
    "W starts as zeros.",
    "What happens if all the weights of a layer are equal?",
    "Equal units get equal gradients, and stay equal for ever; W has to be random.",
    lambda s: np.zeros((s.n_inputs, s.n_units)),
)
_draw(
    "init_w_transposed",
    "W has the shape (n_units, n_inputs): one row for each unit.",
    "The statement fixes the shape of W.",
    "(n_inputs, n_units), in this order.",
    lambda s: s.random().uniform(-1, 1, (s.n_units, s.n_inputs)) / np.sqrt(s.n_inputs),
)
_draw(
    "init_drawn_transposed",
    "W is drawn with rows and columns exchanged, and transposed afterwards.",
    "In which order do the random numbers fill W?",
    "Draw W in one call, in the shape that it has to have.",
    lambda s: (s.random().uniform(-1, 1, (s.n_units, s.n_inputs)) / np.sqrt(s.n_inputs)).T,
)
_draw(
    "init_hardcoded_2",
    "W always has two rows, whatever the input shape is.",
    "Try an input_shape other than (2,).",
    "The number of rows is input_shape[0].",
    lambda s: s.random().uniform(-1, 1, (2, s.n_units)) / np.sqrt(s.n_inputs),
)
_draw(
    "init_drawn_twice",
    "W is drawn twice, and the first draw is thrown away.",
    "How many random numbers does your layer use up?",
    "Draw W once, in initialize.",
    lambda s: _second_draw(s),
)
_draw(
    "init_after_bias",
    "The bias is drawn before W, which uses up the numbers that were meant for W.",
    "How does the bias start?",
    "w0 is zeros; nothing has to be drawn for it.",
    lambda s: _after_bias(s),
)


def _second_draw(s):
    random = s.random()
    limit, shape = 1 / np.sqrt(s.n_inputs), (s.n_inputs, s.n_units)
    random.uniform(-limit, limit, shape)
    return random.uniform(-limit, limit, shape)


def _after_bias(s):
    random = s.random()
    limit = 1 / np.sqrt(s.n_inputs)
    random.uniform(-limit, limit, (1, s.n_units))
    return random.uniform(-limit, limit, (s.n_inputs, s.n_units))


def _first_bias(name, title, hint, stronger, predict):
    predict.__name__ = name
    rules.mistake(
        "first-bias",
        title,
        why="Before it has learned anything the layer should not prefer any output.",
        hint=hint,
        stronger=stronger,
    )(predict)


_first_bias(
    "bias_column",
    "w0 is a column of shape (n_units, 1).",
    "Print the shape of X.dot(W) and of w0.",
    "One row, so that it can be added to every row of the output.",
    lambda s: np.zeros((s.n_units, 1)),
)
_first_bias(
    "bias_ones",
    "w0 starts as ones.",
    "Re-read how the bias starts.",
    "np.ones is not np.zeros.",
    lambda s: np.ones((1, s.n_units)),
)
_first_bias(
    "bias_random",
    "w0 is drawn like the weights, where it should start as zeros.",
    "Re-read how the bias starts.",
    "Nothing has to be drawn for w0.",
    lambda s: _bias_after_weights(s),
)
_first_bias(
    "bias_scalar",
    "w0 is one number for the whole layer.",
    "Print the shape of w0. How many units are there?",
    "One zero for each unit, in one row.",
    lambda s: 0,
)
_first_bias(
    "bias_scalar_float",
    "w0 is one number for the whole layer.",
    "Print the shape of w0. How many units are there?",
    "One zero for each unit, in one row.",
    lambda s: 0.0,
)
_first_bias(
    "bias_like_weights",
    "w0 has the shape of W.",
    "Print the shape of w0. How many units are there?",
    "One zero for each unit, in one row.",
    lambda s: np.zeros((s.n_inputs, s.n_units)),
)
_first_bias(
    "bias_per_input",
    "w0 has one number for each input, not for each unit.",
    "Print the shape of X.dot(W) and of w0.",
    "One zero for each unit, in one row.",
    lambda s: np.zeros((1, s.n_inputs)),
)


def _bias_after_weights(s):
    random = s.random()
    limit = 1 / np.sqrt(s.n_inputs)
    random.uniform(-limit, limit, (s.n_inputs, s.n_units))
    return random.uniform(-limit, limit, (1, s.n_units))


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
