"""Known mistakes of the problem `dense-gradients`: what each of them gives for the same inputs.

Those of the affine part, of activations and of draws are shared by all dense layers. What is wrong
only here follows; see the functions named see_... in checks.py for what is predicted.
"""

import numpy as np

from grader.checks.misconceptions import Rules, Unknown
from grader.checks.observation import Raised
from grader.layers import Draw, Names, mistakes

rules = Rules()

NAMES = Names(
    forward="forward",
    backward="backward",
    start="forward",
    W="weights",
    b="biases",
    G="D",
    upstream="G",
    at_z="G times the derivative at z",
    n_inputs="input_size",
    n_units="output_size",
    stepper="whoever takes the step",
    mean=True,
    activation=True,
    draw=Draw("normal", lambda n_inputs, n_units: np.sqrt(2 / n_inputs), "√(2/input_size)"),
)

mistakes.add(
    rules,
    NAMES,
    *("output", "input-gradient", "weight-gradient", "bias-gradient", "draw", "first-bias"),
    without={"init-variance"},  # 2/input_size, which is a missing root
)

# -- gradients -----------------------------------------------------------------------------

_RELU_SLOPE = {
    "why": "Whoever makes the layer chooses its activation, and that has a slope of its own.",
    "hint": "What is the slope of tanh at 1, and what does your code take for it?",
    "stronger": "The activation has the attribute derivative; call it with z.",
}


def _relu_slope(s):
    return s.G * (s.Z > 0)


@rules.mistake("input-gradient", "In inputs the slope is always that of ReLU.", **_RELU_SLOPE)
def input_always_relu_slope(s):
    return _relu_slope(s) @ s.W.T


@rules.mistake("weight-gradient", "In weights the slope is always that of ReLU.", **_RELU_SLOPE)
def weight_always_relu_slope(s):
    return s.X.T @ _relu_slope(s) / s.batch


@rules.mistake("bias-gradient", "In biases the slope is always that of ReLU.", **_RELU_SLOPE)
def bias_always_relu_slope(s):
    return _relu_slope(s).mean(axis=0, keepdims=True)


_AS_ROW = {
    "why": "What takes the step subtracts it from biases, whose shape is (output_size,).",
    "hint": "Print the shapes of both.",
    "stronger": "keepdims=True keeps the dimension of the batch.",
}


@rules.mistake("bias-gradient", "The bias gradient is a row of shape (1, output_size).", **_AS_ROW)
def bias_gradient_as_row(s):
    return ("row", s.D.mean(axis=0, keepdims=True))


# -- starting values -----------------------------------------------------------------------


@rules.mistake(
    "first-bias",
    "biases is a row of shape (1, output_size); the statement asks for (output_size,).",
    why="What is saved, loaded and compared has to have the shape that was agreed on.",
    hint="Print the shape of biases.",
    stronger="np.zeros(output_size) has one dimension.",
)
def bias_kept_as_row(s):
    return ("row", np.zeros((1, s.n_units)))


@rules.mistake(
    "first-bias",
    "biases starts with other numbers than zeros.",
    why="Before it has learned anything the layer should not prefer any output.",
    hint="Re-read how the biases start.",
    stronger="np.zeros(output_size)",
)
def bias_not_zero(s):
    found = s.first_bias
    if not isinstance(found, np.ndarray) or found.shape != (1, s.n_units) or not found.any():
        raise Unknown
    return found


# -- cache ---------------------------------------------------------------------------------


@rules.mistake(
    "z",
    "last_z holds the output, after the activation.",
    why="The derivative of the activation is asked for z; the output is another number.",
    hint="What does the statement say is kept: what goes into the activation, or what comes out?",
    stronger="Two variables: z, which is kept, and the output, which is returned.",
)
def z_is_the_output(s):
    return s.Y


@rules.mistake(
    "z",
    "last_z does not contain the biases.",
    why="The derivative of the activation belongs to the z that the activation was given.",
    hint="What exactly is the activation given?",
    stronger="Keep X·W + b, with the biases.",
)
def z_without_biases(s):
    return s.X @ s.W


@rules.mistake(
    "z",
    "last_z holds the input.",
    why="The derivative of the activation is asked for z, which has been through the weights.",
    hint="What is kept as last_input, and what as last_z?",
    stronger="last_z is X·W + b.",
)
def z_is_the_input(s):
    return s.X


@rules.mistake(
    "z",
    "forward does not set last_z.",
    why="Whoever looks into a layer, to draw or to debug it, goes by the names of the statement.",
    hint="What is layer.last_z after a forward pass?",
    stronger="Assign X·W + b to self.last_z.",
)
def no_z_kept(s):
    return None


@rules.mistake(
    "input",
    "forward does not set last_input.",
    why="Whoever looks into a layer, to draw or to debug it, goes by the names of the statement.",
    hint="What is layer.last_input after a forward pass?",
    stronger="Assign X to self.last_input.",
)
def no_input_kept(s):
    return None


@rules.mistake(
    "input",
    "last_input holds the output.",
    why="The gradient of the weights is made of what the weights were multiplied by.",
    hint="What are the weights multiplied by?",
    stronger="Assign X to self.last_input, before it becomes anything else.",
)
def output_kept_as_input(s):
    return s.Y


# -- what backward returns, and what it changes --------------------------------------------

_KEYS = {
    "why": "Whoever takes the step finds the gradients by the keys of the statement.",
    "hint": "How would you ask the result of backward for the gradient of the biases?",
    "stronger": 'A dictionary with the keys "inputs", "weights" and "biases".',
}


def _of_type(name):
    def predict(s):
        return (name, [])

    return predict


for _name, _id, _title in (
    ("tuple", "result_is_a_tuple", "backward returns a tuple of gradients, not a dictionary."),
    ("list", "result_is_a_list", "backward returns a list of gradients, not a dictionary."),
    ("ndarray", "result_is_an_array", "backward returns one gradient, not a dictionary of three."),
    ("nothing", "result_is_nothing", "backward returns nothing."),
):
    _predict = _of_type(_name)
    _predict.__name__ = _id
    rules.mistake("result", _title, **_KEYS)(_predict)


@rules.mistake("result", "The dictionary of gradients has other keys than these.", **_KEYS)
def result_has_other_keys(s):
    if not s.keys or set(s.keys) & {"inputs", "weights", "biases"}:
        raise Unknown
    return ("dict", s.keys)


@rules.mistake(
    "changed",
    "backward takes a step: it changes the weights or the biases.",
    why="In this design others take the step, with whatever optimizer; here it is taken twice.",
    hint="Print weights before and after backward.",
    stronger="Return the gradients, and leave weights and biases alone.",
    each=[{"names": names} for names in (["weights", "biases"], ["weights"], ["biases"])],
)
def step_taken(s, names):
    return (names, "")


@rules.mistake(
    "changed",
    "backward empties what forward has kept, so that it cannot be called again.",
    why="A gradient for another G, say of a second loss, needs the same forward pass.",
    hint="Call backward twice.",
    stronger="Leave last_input and last_z as they are; the next forward pass replaces them.",
    each=[{"names": n} for n in (["last_input", "last_z"], ["last_input"], ["last_z"])],
)
def cache_emptied(s, names):
    if not s.raised:
        raise Unknown
    return (names, s.raised)


# -- abstract ------------------------------------------------------------------------------

_METHODS = ("forward", "backward", "to_dict", "from_dict")


@rules.mistake(
    "incomplete",
    "Layer is not an abstract class: it and every incomplete subclass can be made.",
    why="A layer without a method fails when it is used, perhaps after hours, and not when made.",
    hint="What does Layer() do? What makes a class abstract, and what marks a method as abstract?",
    stronger="class Layer(ABC), and @abstractmethod above each of the four methods.",
)
def any_class_can_be_made(s):
    return ["Layer", *_METHODS]


@rules.mistake(
    "incomplete",
    "Incomplete subclasses of Layer can be made if they have an __init__ of their own.",
    why="A check in Layer.__init__ does nothing for a subclass that does not call it.",
    hint="What happens in a subclass whose __init__ does not call super().__init__()?",
    stronger="class Layer(ABC), and @abstractmethod: then Python itself refuses.",
)
def any_subclass_can_be_made(s):
    return [*_METHODS]


@rules.mistake(
    "incomplete",
    "Some methods of Layer are not abstract: subclasses can leave out {left}.",
    why="A layer without a method fails when it is used, perhaps after hours, and not when made.",
    hint="Which of the four methods of the statement does your Layer declare, and how?",
    stronger="@abstractmethod above each of the four; for from_dict below @classmethod.",
    each=[
        {"left": " and ".join(n for place, n in enumerate(_METHODS) if bits >> place & 1)}
        for bits in range(1, 15)
    ],
)
def some_methods_not_abstract(s, left):
    return left.split(" and ")


# -- attributes, and when weights are drawn ------------------------------------------------


@rules.mistake(
    "new",
    "A layer that is given no name has None for a name; it should be called as its class.",
    why="Messages and files then speak of a layer called None.",
    hint="What is layer.name after DenseLayer(3, 2, relu)?",
    stronger="Where name is None, take type in its place.",
)
def name_stays_none(s):
    return [(None, "DenseLayer"), ("first", "DenseLayer"), (None, "Whole")]


@rules.mistake(
    "new",
    "type is the same text for all classes.",
    why="Each class that is derived from Layer has a type of its own.",
    hint="What is the type of an instance of a class Conv(Layer)?",
    stronger="type(self).__name__",
)
def type_written_down(s):
    return [("DenseLayer",) * 2, ("first", "DenseLayer"), ("DenseLayer",) * 2]


@rules.mistake(
    "lazy",
    "The weights are drawn when the layer is made, not in the first forward pass.",
    why="A layer whose weights are loaded from a file has drawn, and used up, numbers for nothing.",
    hint="What is layer.weights just after the layer is made?",
    stronger="Draw in forward, where weights_initialized is still False.",
    each=[{"flag": False}, {"flag": True}],
)
def drawn_when_made(s, flag):
    return (True, flag, True, False)


@rules.mistake(
    "lazy",
    "Every forward pass draws new weights.",
    why="A layer that forgets its weights cannot learn.",
    hint="Compare layer.weights after two forward passes.",
    stronger="Draw only where weights_initialized is False.",
)
def drawn_in_every_pass(s):
    return (False, False, True, True)


@rules.mistake(
    "lazy",
    "A forward pass with another number of rows draws new weights.",
    why="The last batch of an epoch is often smaller: with it all that was learned is lost.",
    hint="Compare layer.weights after forward passes with two rows and with one.",
    stronger="Draw only where weights_initialized is False, whatever the batch.",
)
def drawn_for_other_rows(s):
    return (False, False, True, "for other rows")


@rules.mistake(
    "lazy",
    "weights_initialized is never set to True, so every forward pass draws new weights.",
    why="A layer that forgets its weights cannot learn.",
    hint="Print layer.weights_initialized after a forward pass.",
    stronger="Set it to True where the weights are drawn.",
)
def flag_never_set(s):
    return (False, False, False, True)


@rules.mistake(
    "lazy",
    "weights_initialized stays False, although the weights are there.",
    why="Whoever asks the layer whether it can be saved or trained is told that it cannot.",
    hint="Print layer.weights_initialized after a forward pass.",
    stronger="Set it to True where the weights are drawn.",
)
def flag_forgotten(s):
    return (False, False, False, False)


# -- dictionaries --------------------------------------------------------------------------


@rules.mistake(
    "written",
    "to_dict writes arrays; JSON knows lists.",
    why="json.dumps raises TypeError for an array.",
    hint="Try json.dumps(layer.to_dict()).",
    stronger="Arrays have the method tolist.",
)
def arrays_written(s):
    return ({"weights": "ndarray", "biases": "ndarray"}, {})


@rules.mistake(
    "written",
    "to_dict writes lists of NumPy things: list(array) does not reach what is inside.",
    why="json.dumps raises TypeError for an array, wherever it is.",
    hint='Print the type of one number in to_dict()["weights"] and of one in ["biases"].',
    stronger="Arrays have the method tolist.",
)
def numpy_in_lists(s):
    return ({"weights": "list of ndarray", "biases": "list of float64"}, {})


@rules.mistake(
    "written",
    "to_dict writes the activation itself; the statement asks for its name.",
    why="JSON knows no functions, and a file must be readable by another program.",
    hint="Try json.dumps(layer.to_dict()).",
    stronger="An activation has the attribute name.",
)
def activation_object_written(s):
    return ({"activation": "object"}, {"activation": "object"})


@rules.mistake(
    "written",
    "to_dict writes no weights.",
    why="A layer that was trained has to give the same outputs after it has been loaded.",
    hint="What does a trained layer have that a new one has not?",
    stronger='The keys "weights" and "biases" are missing.',
)
def weights_not_written(s):
    missing = {"weights": "missing", "biases": "missing"}
    return (missing, missing)


@rules.mistake(
    "written",
    "The dictionary has no key {key!r}.",
    why="Whoever reads it finds what it says by the keys of the statement.",
    hint="Compare the keys with those in the statement, letter by letter.",
    stronger="It should be called {key!r}.",
    each=[{"key": key} for key in ("type", "name", "input_size", "output_size", "activation")],
)
def key_missing(s, key):
    return ({key: "missing"}, {key: "missing"})


@rules.mistake(
    "written",
    "to_dict writes weights and biases as text; the statement asks for lists of numbers.",
    why="NumPy shortens what it prints; the numbers cannot be read back from that.",
    hint='What is the type of layer.to_dict()["weights"], and what is that of one number in it?',
    stronger="Arrays have the method tolist.",
)
def numbers_written_as_text(s):
    return ({"weights": "str", "biases": "str"}, {})


@rules.mistake(
    "written",
    "to_dict writes the weights transposed.",
    why="Whoever reads the file counts on the shape: one row for each input.",
    hint="What is the shape of layer.weights, and that of the list in the dictionary?",
    stronger="Write layer.weights as it is; nothing has to be turned.",
)
def weights_written_transposed(s):
    return ({"weights": "transposed"}, {})


@rules.mistake(
    "written",
    "The numbers that to_dict writes are not those of the layer.",
    why="A layer that has been saved and loaded has to give the same outputs, to the last digit.",
    hint="Compare one number of layer.weights with the one in the dictionary.",
    stronger="Write the numbers as they are, in the order in which they are.",
    each=[{"keys": keys} for keys in (("weights",), ("biases",), ("weights", "biases"))],
)
def other_numbers_written(s, keys):
    kinds = {"weights": "list of list of float", "biases": "list of float"}
    return ({key: kinds[key] for key in keys}, {})


@rules.mistake(
    "written",
    "A layer without weights writes empty lists; the statement asks for None.",
    why="Whoever reads it takes an empty list for weights.",
    hint="What is layer.weights before the first forward pass?",
    stronger='"weights": None, "biases": None',
)
def empty_lists_written(s):
    return ({}, {"weights": "list", "biases": "list"})


@rules.mistake(
    "written",
    "to_dict returns text; the statement asks for a dictionary.",
    why="Whoever calls it decides how the dictionary is written, and what else is in the file.",
    hint="What is the type of layer.to_dict()?",
    stronger="json.dumps is the caller's affair.",
)
def text_written(s):
    return ("a str", "a str")


@rules.mistake(
    "read",
    "from_dict does not take over the weights.",
    why="A layer that was trained has to give the same outputs after it has been loaded.",
    hint="Compare layer.weights with what is in the dictionary.",
    stronger="Set weights, biases and weights_initialized, if the dictionary has weights.",
)
def weights_not_read(s):
    return ({"weights_initialized": False}, False, False)


@rules.mistake(
    "read",
    "from_dict sets the weights, and not weights_initialized: forward draws others over them.",
    why="A layer that was trained has to give the same outputs after it has been loaded.",
    hint="Compare layer.weights before and after the first forward pass of the new layer.",
    stronger="Whoever sets weights and biases also sets weights_initialized = True.",
)
def flag_not_set_on_reading(s):
    return ({"weights_initialized": False}, True, False)


@rules.mistake(
    "read",
    "The weights of the layer that comes back are not those in the dictionary.",
    why="A layer that has been saved and loaded has to give the same outputs, to the last digit.",
    hint="Compare one number of layer.weights with the one in the dictionary.",
    stronger='np.array(data["weights"]), with nothing else done to it.',
)
def other_numbers_read(s):
    return ({}, False, False)


@rules.mistake(
    "read",
    "from_dict keeps the lists; weights and biases should be arrays again.",
    why="A list has no transpose and no arithmetic.",
    hint="Print the type of layer.weights after from_dict.",
    stronger="np.array makes an array of lists.",
    each=[{"output": output} for output in (True, False, Raised("AttributeError"))],
)
def lists_kept_as_lists(s, output):
    return ({}, "list", output)


rules.consequences["lists-kept-as-lists"] = frozenset({"value-of-another-kind"})


@rules.mistake(
    "read",
    "from_dict does not take over the name.",
    why="In a network of twenty layers, twenty are then called the same.",
    hint="What is the name of the layer that comes back?",
    stronger="Hand the name to the constructor.",
)
def name_not_read(s):
    return ({"name": "DenseLayer"}, True, True)


# -- lookup --------------------------------------------------------------------------------


@rules.mistake(
    "found",
    "An unknown activation raises KeyError; the statement asks for a ValueError.",
    why="KeyError: 'softplus' does not say what is wrong, and other code raises it as well.",
    hint="What does ACTIVATIONS[name] do for a name that is not there?",
    stronger="Ask `name in ACTIVATIONS` first, and raise ValueError with the name.",
)
def key_error(s):
    return ("each", (False, "KeyError"), True)


@rules.mistake(
    "found",
    "An unknown activation is replaced by another one, without a word.",
    why="The layer that was loaded gives other outputs than the one that was saved.",
    hint='What does your code do with {"activation": "softplus"}?',
    stronger="Raise ValueError with the name; .get with a default hides the mistake.",
)
def unknown_accepted(s):
    return ("each", (False, ""), False)


@rules.mistake(
    "found",
    "The message of the ValueError does not contain the name of the activation.",
    why="Who reads it has to know which name in which file is meant.",
    hint="What would you want to read, having loaded twenty layers?",
    stronger='ValueError(f"unknown activation {name!r}")',
)
def error_without_name(s):
    return ("each", (False, "ValueError"), False)


@rules.mistake(
    "found",
    "What the dictionary says is evaluated as Python.",
    why="Who writes the dictionary can make your program do anything, such as delete files.",
    hint="What does eval do with a text that is more than a name?",
    stronger="Look the name up in ACTIVATIONS, and nowhere else.",
)
def name_evaluated(s):
    if not s.came["__import__('parcel')"][0] or s.came["parcel.relu"][0]:
        raise Unknown
    return s.seen


@rules.mistake(
    "found",
    "What the dictionary says is imported.",
    why="Importing a module runs it; who writes the dictionary chooses which.",
    hint="What does import_module do with a module that is not yours?",
    stronger="Look the name up in ACTIVATIONS, and nowhere else.",
)
def path_imported(s):
    if not any(s.came[name][0] for name in ("parcel.relu", "parcel:relu")):
        raise Unknown
    return s.seen


@rules.mistake(
    "found",
    "Names are looked up elsewhere than in ACTIVATIONS: {name!r} is accepted.",
    why="Who writes the dictionary gets at things that are no activations.",
    hint="Which names does your lookup find, besides the four?",
    stronger="Look the name up in ACTIVATIONS; globals() and getattr find much more.",
    each=[{"name": name} for name in ("ACTIVATIONS", "DenseLayer", "Activation", "np")],
)
def looked_up_elsewhere(s, name):
    if s.came[name][1] or s.came[name][0] or any(imported for imported, _ in s.came.values()):
        raise Unknown
    if not s.came["softplus"][1]:
        raise Unknown
    return s.seen


# -- logging -------------------------------------------------------------------------------

_NOT_PRINTED = {
    "why": "Whoever uses the layer cannot switch it off, or send it elsewhere.",
    "hint": "Who decides in a large program what is shown: each part, or the main program?",
    "stronger": "logging.getLogger(__name__).info(...) in place of print(...)",
}


@rules.mistake("heard", "The layer prints its message and logs nothing.", **_NOT_PRINTED)
def printed_not_logged(s):
    return (True, [], [])


@rules.mistake("heard", "The layer prints, besides what it logs.", **_NOT_PRINTED)
def printed_as_well(s):
    return (True, ["INFO"], [])


@rules.mistake(
    "heard",
    "The message is logged at level {level}, not at INFO.",
    why="What is routine and called a warning hides the real warnings.",
    hint="Is drawing weights something to worry about?",
    stronger="logger.info(...)",
    each=[{"level": level} for level in ("DEBUG", "WARNING", "ERROR", "CRITICAL")],
)
def logged_at_another_level(s, level):
    return (False, [level], [])


@rules.mistake(
    "heard",
    "The message does not contain the name of the layer.",
    why="In a network of twenty layers, twenty equal messages say nothing.",
    hint="Which of the layers has drawn its weights?",
    stronger='logger.info("... %s", self.name)',
)
def logged_without_name(s):
    return (False, [], ["INFO"])


@rules.mistake(
    "heard",
    "Nothing is logged when the weights are drawn.",
    why="When and where weights are drawn is what one wants to know when a run cannot be repeated.",
    hint="What does the program show with logging.basicConfig(level=logging.INFO)?",
    stronger="logging.getLogger(__name__).info(...), where the weights are drawn.",
)
def nothing_logged(s):
    return (False, [], [])


# -- state, and the caller's arrays --------------------------------------------------------


@rules.mistake(
    "passes",
    "backward goes on using the input of the first forward pass.",
    why="A gradient belongs to the input that made the output.",
    hint="Call forward with two different inputs; which one does backward see?",
    stronger="Keep X in every forward pass, not only in the first.",
)
def first_input_kept(s):
    first = s.rounds[0]["between"]
    return [_product(first, each["D"]) for each in s.rounds]


def _product(X, D):
    """The gradient of the weights for rows that fit; for others nothing comes back."""
    return X.T @ D / len(D) if len(X) == len(D) else None


@rules.mistake(
    "layers",
    "What forward keeps is shared by all layers.",
    why="In a network each layer needs its own input and its own z.",
    hint="Call forward of two layers, then backward of the first. What does it look at?",
    stronger="What stands on the class or in the module belongs to all; use self.",
)
def layers_share_the_cache(s):
    last = s.layers[-1]
    return [last["X"].T @ (each["G"] * last["derivative"](last["Z"])) / 2 for each in s.layers]


@rules.mistake(
    "arguments",
    "backward writes into G.",
    why="The caller may hand the same array to another layer.",
    hint="Print G before and after calling backward.",
    stronger="G *= ... changes the caller's array; D = G * ... makes a new one.",
)
def gradient_overwritten(s):
    return ["G by backward"]


@rules.mistake(
    "arguments",
    "forward writes into X.",
    why="X may be the output of another layer, which still needs it.",
    hint="Print X before and after calling forward.",
    stronger="X += ... or X[...] = ... changes the caller's array; make a new one.",
)
def input_overwritten(s):
    return ["X by forward", "X by backward"]


# -- names and exceptions ------------------------------------------------------------------


@rules.telltale(
    "forward",
    "The activation is called like a function; it is an object that has one.",
    why="An activation is two functions under one name: function and derivative.",
    hint="Which attributes does an activation have?",
    stronger="self.activation_function.function(z)",
)
def activation_called(facts):
    said = "object is not callable"
    return any(group == "forward" and said in error.message for group, error in facts.errors)


@rules.telltale(
    "",
    "@abstractmethod stands above @classmethod; it has to be the other way round.",
    why="Decorators work from below: a class method cannot be marked as abstract, a function can.",
    hint="Which of the two lines above def from_dict is applied first?",
    stronger="@classmethod first, @abstractmethod below it, then def from_dict(cls, data).",
)
def abstract_above_classmethod(facts):
    error = facts.load_error
    return error is not None and "__isabstractmethod__" in error.message
