"""Known mistakes of the problem `relu`: what each of them gives for the same inputs.

A prediction gets what its aspect shows (see the functions named see_... in checks.py). Where
several fit, the first one is named.
"""

import re

import numpy as np

from grader.checks.misconceptions import Rules, Unknown
from grader.checks.observation import Raised

rules = Rules()

# -- the output ----------------------------------------------------------------------------


@rules.mistake(
    "output",
    "The output is the input, unchanged: negative numbers pass as they are.",
    why="The layer has to stop negative numbers; without that it does nothing.",
    hint="What should come out for -3?",
    stronger="The statement's formula is max(x, 0), element by element.",
)
def input_unchanged(s):
    return s.X


@rules.mistake(
    "output",
    "The output is the absolute value: negative numbers come out positive.",
    why="The layer has to stop negative numbers, not to turn them round.",
    hint="What should come out for -3?",
    stronger="max(x, 0) is 0 for every negative x; np.abs is not part of it.",
)
def absolute_value(s):
    return np.abs(s.X)


@rules.mistake(
    "output",
    "The output keeps the negative numbers and stops the positive ones.",
    why="It is the other half of the function.",
    hint="Which of two numbers is the larger one: -3 or 0?",
    stronger="Look at min and max, and at the direction of the comparison.",
)
def negatives_kept(s):
    return np.minimum(s.X, 0)


@rules.mistake(
    "output",
    "The output is 1 where the input is positive: the slope in place of the value.",
    why="The next layer needs to know how large the number was.",
    hint="What should come out for 5, and what for 7?",
    stronger="A comparison gives True and False; it still has to choose from X.",
)
def mask_in_place_of_output(s):
    return (s.X > 0).astype(float)


@rules.mistake(
    "output",
    "Negative numbers are only made smaller, as in a leaky ReLU.",
    why="It is a useful function, and another one: here negative numbers become 0.",
    hint="What should come out for -3?",
    stronger="Look for a small factor such as 0.01.",
)
def leaky(s):
    if not isinstance(s.output, np.ndarray) or s.output.shape != s.X.shape:
        raise Unknown
    ratios = s.output[s.X < 0] / s.X[s.X < 0]
    slope = ratios.flat[0] if ratios.size else 0.01
    if not 0 < slope < 1:
        raise Unknown
    return np.where(s.X > 0, s.X, slope * s.X)


@rules.mistake(
    "output",
    "The output is the logistic sigmoid.",
    why="It squeezes every number between 0 and 1; this layer lets positive ones through.",
    hint="What should come out for 5?",
    stronger="There is no exponential in max(x, 0).",
)
def sigmoid(s):
    return 1 / (1 + np.exp(-s.X))


@rules.mistake(
    "output",
    "The output is cut off at 6, as in ReLU6.",
    why="Here there is no upper limit.",
    hint="What should come out for 8?",
    stronger="Look for np.clip, or a second minimum.",
)
def cut_at_six(s):
    return np.clip(s.X, 0, 6)


@rules.mistake(
    "output",
    "The output is the largest number of each column.",
    why="The second argument of np.max is an axis: np.max(X, 0) goes down the columns.",
    hint="What is the shape of your output for two rows of three?",
    stronger="np.maximum compares two arrays, or an array and a number, element by element.",
)
def column_maximum(s):
    return np.max(s.X, 0)


@rules.mistake(
    "output",
    "Dimensions of length 1 are removed from the output.",
    why="A batch of one row has two dimensions like any other.",
    hint="What is the shape of your output for an input of shape (1, 2)?",
    stronger="np.squeeze and [0] remove dimensions.",
)
def output_squeezed(s):
    return np.squeeze(np.maximum(s.X, 0))


@rules.mistake(
    "output",
    "forward returns nothing.",
    why="The next layer needs the value; a printout or an attribute does not reach it.",
    hint="What does the caller of forward get?",
    stronger="A method without a return statement returns None.",
)
def output_not_returned(s):
    return None


@rules.mistake(
    "output",
    "The output is rounded to two decimals.",
    why="Rounding hides small steps from the gradient; the example is only printed so.",
    hint="Which of your lines makes the numbers shorter?",
    stronger="Leave rounding to whoever prints.",
)
def output_rounded(s):
    return np.round(np.maximum(s.X, 0), 2)


@rules.mistake(
    "output",
    "Positive numbers below 1 are stopped as well.",
    why="The kink is at 0: 0.5 has to pass.",
    hint="What should come out for 0.5?",
    stronger="With which number do you compare X?",
)
def threshold_at_one(s):
    return np.where(s.X > 1, s.X, 0)


@rules.telltale(
    "forward",
    "Python's max is given a whole array.",
    why="It asks whether the array is larger than 0, which has no single answer.",
    hint="What does `np.array([1, -1]) > 0` give, and what would `if` do with it?",
    stronger="np.maximum compares element by element.",
)
def truth_of_an_array(facts):
    calls_max = re.compile(r"(?<![.\w])max\(")
    return any(
        "truth value of an array" in error.message
        and calls_max.search(facts.source.line(error.line))
        for _, error in facts.errors
    )


# -- the gradient that backward returns ----------------------------------------------------


@rules.mistake(
    "gradient",
    "backward returns the incoming gradient as it is.",
    why="Where the input was negative, it has no influence on the loss.",
    hint="If x is -3 and moves a little, how does the output move?",
    stronger="Multiply G by the slope of max(x, 0), which depends on the input.",
)
def returns_incoming_gradient(s):
    return s.G


@rules.mistake(
    "gradient",
    "The gradient is stopped where G is negative; it should be where the input was.",
    why="Whether a number passed is decided in the forward pass, by the input.",
    hint="Should a negative G pass where the input was 3?",
    stronger="Keep in forward which inputs were positive, and use that.",
)
def mask_from_gradient(s):
    return np.where(s.G > 0, s.G, 0)


@rules.mistake(
    "gradient",
    "The gradient is also stopped where G is negative, as in guided backpropagation.",
    why="That is a way to draw pictures; it is not the derivative.",
    hint="Should a negative G pass where the input was 3?",
    stronger="The sign of G has no part in the formula.",
)
def guided(s):
    return np.where((s.X > 0) & (s.G > 0), s.G, 0)


@rules.mistake(
    "gradient",
    "The gradient is multiplied by the output in place of the slope.",
    why="The slope is 1 wherever the input is positive, however large it is.",
    hint="What is the derivative of y = x?",
    stronger="Multiply by a mask of zeros and ones.",
)
def times_output(s):
    return s.G * np.maximum(s.X, 0)


@rules.mistake(
    "gradient",
    "backward returns the slope alone, without G.",
    why="The layer below needs the gradient of the loss: the chain rule multiplies both.",
    hint="Does your result change when G does?",
    stronger="Multiply the mask by G.",
)
def slope_without_gradient(s):
    return (s.X > 0).astype(float)


@rules.mistake(
    "gradient",
    "The gradient passes where the input was negative: the mask is the wrong way round.",
    why="It must pass where the forward pass let the number through.",
    hint="Which entries does your code set to 0?",
    stronger="Look at the direction of the comparison.",
)
def mask_inverted(s):
    return np.where(s.X < 0, s.G, 0)


@rules.mistake(
    "gradient",
    "Where the input was negative, the gradient is turned round; it should be 0.",
    why="That is the derivative of the absolute value.",
    hint="If x is -3 and moves a little, how does max(x, 0) move?",
    stronger="np.sign gives -1 for negative numbers; a comparison gives 0.",
)
def slope_of_absolute_value(s):
    return np.sign(s.X) * s.G


@rules.mistake(
    "gradient",
    "The gradient is divided by the number of rows.",
    why="Every number has a gradient of its own; averaging is the loss's job.",
    hint="Is there a division in the formula?",
    stronger="Return the masked G as it is.",
)
def gradient_mean(s):
    return np.where(s.X > 0, s.G, 0) / s.batch


@rules.mistake(
    "gradient",
    "The gradient is rounded to two decimals.",
    why="Rounding stops small gradients altogether; the example is only printed so.",
    hint="Which of your lines makes the numbers shorter?",
    stronger="Leave rounding to whoever prints.",
)
def gradient_rounded(s):
    return np.round(np.where(s.X > 0, s.G, 0), 2)


@rules.mistake(
    "gradient",
    "backward returns nothing.",
    why="The layer below waits for its gradient.",
    hint="What does the caller of backward get?",
    stronger="A method without a return statement returns None.",
)
def gradient_not_returned(s):
    return None


# -- the kink ------------------------------------------------------------------------------


@rules.mistake(
    "kink",
    "Where the input is 0, the whole gradient passes; the statement stops it there.",
    why="Both are subgradients; in this exercise the slope at 0 is 0.",
    hint="Is 0 greater than 0? Is it greater than or equal to 0?",
    stronger="Look at the comparison: > or >=, < or <=.",
)
def kink_one(s):
    return s.G


@rules.mistake(
    "kink",
    "Where the input is 0, half of the gradient passes; the statement stops it there.",
    why="It is a subgradient as well; in this exercise the slope at 0 is 0.",
    hint="Which value does your slope have at exactly 0?",
    stronger="np.heaviside(x, h) and (1 + np.sign(x)) / 2 say what happens at 0.",
)
def kink_half(s):
    return s.G / 2


@rules.mistake(
    "kink",
    "Where the input is 0, the gradient is NaN.",
    why="One NaN makes all weights NaN with the next update.",
    hint="What is divided by what, when the input is 0?",
    stronger="0 / 0 is NaN; a comparison needs no division.",
)
def kink_nan(s):
    return np.full(s.G.shape, np.nan)


@rules.mistake(
    "kink",
    "Where the input is 0, the gradient passes if G is positive.",
    why="The sign of G has no part in the slope.",
    hint="What decides in your code whether a number passes?",
    stronger="Keep in forward which inputs were positive, and use that.",
)
def kink_by_gradient(s):
    return np.where(s.G > 0, s.G, 0)


# -- dimensions ----------------------------------------------------------------------------


@rules.mistake(
    "arrangement",
    "An array of one dimension comes back as a row of a table.",
    why="The output must have the shape of the input.",
    hint="What is the shape of your output for an input of shape (4,)?",
    stronger="np.atleast_2d, np.matrix and reshape(1, -1) add a dimension.",
)
def made_a_table(s):
    return (1, *s.shape) if len(s.shape) == 1 else s.shape


@rules.mistake(
    "arrangement",
    "Everything behind the first dimension is laid out in one row.",
    why="The output must have the shape of the input.",
    hint="What is the shape of your output for an input of shape (2, 3, 2)?",
    stronger="Something like reshape(len(X), -1) changes the shape; undo it before you return.",
)
def flattened(s):
    return (s.shape[0], int(np.prod(s.shape[1:])))


@rules.telltale(
    "dimensions",
    "The code counts on two dimensions.",
    why="Images have more, and a single sample has fewer.",
    hint="Where does your code ask for rows and columns?",
    stronger="NumPy's functions work on whole arrays; no number of dimensions has to be named.",
)
def two_dimensions_only(facts):
    said = ("values to unpack", "tuple index out of range", "not iterable", "too many indices")
    by_element = "truth value of an array"  # where a row is, for a third dimension
    elsewhere = {error.line for group, error in facts.errors if group != "dimensions"}
    return any(
        any(words in error.message for words in said)
        or (by_element in error.message and error.line not in elsewhere)
        for group, error in facts.errors
        if group == "dimensions"
    )


# -- dtypes --------------------------------------------------------------------------------


@rules.mistake(
    "types",
    "What comes back is double precision, whatever comes in.",
    why="One such layer doubles the memory of all that follow.",
    hint="What dtype does np.zeros(shape) have?",
    stronger="np.zeros_like(X) has the dtype of X.",
)
def always_double(s):
    return ("float64", "float64", "whole", "float64", "float64")


@rules.mistake(
    "types",
    "The gradient is cut to whole numbers where the input was of integers.",
    why="0.5 becomes 0, and the layers below learn nothing.",
    hint="Which dtype has the array that you fill in backward?",
    stronger="np.zeros_like(X) has the dtype of X; take that of G.",
    each=[{"kind": "float64"}, {"kind": "float32"}],  # of G, or that of X
)
def gradient_cut_to_integers(s, kind):
    return ("float32", "float32", "cut", "float64", kind)


@rules.mistake(
    "types",
    "What {which} returns is single precision (float32), whatever comes in.",
    why="Of an array of doubles half the digits are lost.",
    hint="Where does float32 stand in your code?",
    stronger="An array that is computed from X alone has the dtype of X.",
    each=[
        {"which": "the layer", "kinds": ("float32", "float32")},
        {"which": "forward", "kinds": ("float32", "float64")},
        {"which": "backward", "kinds": ("float64", "float32")},
    ],
)
def always_single(s, which, kinds):
    return ("float32", "float32", "whole", *kinds)


@rules.mistake(
    "types",
    "What comes back are lists, not NumPy arrays.",
    why="The next layer computes with arrays: a list has neither a shape nor a dtype.",
    hint="What is type(layer.forward(X))?",
    stronger="Leave out tolist(), or make an array of the list with np.array.",
)
def lists_in_place_of_arrays(s):
    return ("list", "list", "whole", "list", "list")


# -- state ---------------------------------------------------------------------------------


@rules.mistake(
    "rounds",
    "The layer goes on using what it remembered in its first forward pass.",
    why="Every batch is different.",
    hint="Call forward twice with different arrays; what does the layer hold afterwards?",
    stronger="Look for a condition such as `if self.mask is None`.",
)
def first_pass_kept(s):
    found = []
    for G in (sign * case.G for case in s.rounds for sign in (1, -1)):
        try:
            found.append(G * (s.between.X > 0))
        except ValueError:  # as NumPy says where the shapes do not fit
            found.append(Raised("ValueError"))
    return found


@rules.mistake(
    "rounds",
    "backward can be called only once after a forward pass.",
    why="The statement allows to call it again, with another G.",
    hint="What does the layer hold after the first backward?",
    stronger="Do not delete or pop what backward needs; forward writes it anew.",
)
def backward_only_once(s):
    once = [case.G * (case.X > 0) for case in s.rounds]
    return [each for gradient in once for each in (gradient, Raised("TypeError"))]


@rules.mistake(
    "layers",
    "Two layers share what they remember.",
    why="In a network each layer needs the mask of its own input.",
    hint="Where is the mask kept: in the object, in the class, or outside?",
    stronger="Assign it to self in forward; names on the class or the module are shared by all.",
)
def layers_share(s):
    return [case.G * (s.two[-1].X > 0) for case in s.two]


# -- purity --------------------------------------------------------------------------------


@rules.mistake(
    "arguments",
    "forward writes into X.",
    why="X may be the output of another layer, which still needs it.",
    hint="Print X before and after calling forward.",
    stronger="An assignment such as X[X < 0] = 0 changes the caller's array; work on a copy.",
)
def input_overwritten(s):
    return ("X by forward", "X by backward")


@rules.mistake(
    "arguments",
    "backward writes into G.",
    why="The caller may hand the same array to another layer.",
    hint="Print G before and after calling backward.",
    stronger="An assignment such as G[mask] = 0 or G *= mask changes the caller's array.",
)
def gradient_overwritten(s):
    return ("G by backward",)


@rules.mistake(
    "arguments",
    "forward writes into X, and backward into G.",
    why="Both belong to the caller: X may be the output of another layer, which still needs it.",
    hint="Print X and G before and after each call.",
    stronger="An assignment such as X[mask] = 0 changes the caller's array; work on a copy.",
)
def both_overwritten(s):
    return ("X by forward", "X by backward", "G by backward")
