"""Modules that a submission needs and that are not there: which, where, and what to do instead."""

from __future__ import annotations

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.likeness import close_to
from grader.remote.steps import StudentError

LIBRARIES = {
    "torch": "PyTorch",
    "torchvision": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "flax": "JAX",
    "autograd": "autograd",
    "scipy": "SciPy",
    "pandas": "pandas",
    "sklearn": "scikit-learn",
    "cupy": "CuPy",
    "numba": "Numba",
    "matplotlib": "Matplotlib",
    "seaborn": "seaborn",
    "theano": "Theano",
    "mxnet": "MXNet",
    "tqdm": "tqdm",
}
"""What people call the modules that are imported most often."""

_SAME = """
    abs amax amin arange argmax argmin array asarray broadcast_to clip concatenate copy cos cosh
    cumsum diag dot einsum empty empty_like exp expand_dims eye float32 float64 full full_like
    linspace log log1p log2 matmul max maximum mean min minimum multiply ones ones_like outer pi
    power prod repeat reshape round shape sign sin sinh sqrt square squeeze stack std subtract sum
    tan tanh tensordot tile transpose tril triu var where zeros zeros_like
""".split()
"""Functions that NumPy has under the same name."""

_OTHERS = {
    "Module": "no base class, or the one of the statement",
    "Parameter": "np.array(...), kept on self",
    "Linear": "X @ self.W + the bias, with weights that you make yourself",
    "Dense": "X @ self.W + the bias, with weights that you make yourself",
    "Tensor": "np.array",
    "Variable": "np.array",
    "add": "np.add",
    "as_tensor": "np.asarray",
    "cast": "X.astype",
    "cat": "np.concatenate",
    "concat": "np.concatenate",
    "constant": "np.array",
    "convert_to_tensor": "np.asarray",
    "expit": "1 / (1 + np.exp(-x))",
    "sigmoid": "1 / (1 + np.exp(-x))",
    "from_numpy": "np.asarray",
    "manual_seed": "np.random.seed",
    "set_seed": "np.random.seed",
    "PRNGKey": "np.random.seed",
    "mm": "np.matmul",
    "mul": "np.multiply",
    "normal": "np.random.normal",
    "rand": "np.random.rand",
    "randn": "np.random.randn",
    "reduce_mean": "np.mean",
    "reduce_sum": "np.sum",
    "relu": "np.maximum(0, x)",
    "ReLU": "np.maximum(0, x)",
    "softmax": "np.exp(x) divided by its sum along a row",
    "tensor": "np.array",
    "truncnorm": "np.random.normal",
    "uniform": "np.random.uniform",
    "xavier_uniform_": "np.random.uniform with the limits of the statement",
    "uniform_": "np.random.uniform",
    "zeros_": "np.zeros",
    "DataFrame": "np.array",
    "train_test_split": "slices of an array",
}
"""What stands in their place in code with NumPy."""

_MEANT = ("numpy", "math", "copy", "random")


def absent_there(facts: Facts, error: StudentError) -> Told | None:
    """Name a module that the code needs and that is not there."""
    module = error.detail.get("module")
    if type(module) is not str or error.type_name not in ("ModuleNotFoundError", "ImportError"):
        return None
    used, imported = error.detail.get("used"), error.detail.get("imported")
    if type(used) is not str or type(imported) is not int:
        used, imported = "", error.line
        if error.type_name == "ImportError":
            return None
    where = f"line {error.line} uses {used}" if used and error.line else "the code needs it"
    if error.type_name == "ImportError":
        text = Text(
            f"{module} has no {used.removeprefix(f'{module}.')}, which line {imported} imports;"
            f" {where}.",
            "Until then everything is graded; what needs the name cannot run.",
            "In which module is it, and under which name?",
            f"Correct line {imported}, or do without it.",
        )
        return Told("module-not-available", text)
    top = module.lstrip(".").partition(".")[0]
    library = LIBRARIES.get(top)
    near = close_to(module, _MEANT, 0.7) if library is None else ()
    meant = f"; is {near[0]} meant?" if near else ""
    here = f" (line {imported})" if imported and imported != error.line else ""
    if library is not None:
        instead = numpy_for(used)
        text = Text(
            f"The module {module}{here} is not available, and {where}.",
            f"This is {library}; the exercise is to be written in NumPy.",
            f"Write it with NumPy: {instead}."
            if instead
            else "Which NumPy function does the same?",
            f"Delete the import of {module}, and write what it was used for with NumPy.",
        )
    else:
        text = Text(
            f"The module {module}{here} is not available, and {where}{meant}"
            if meant
            else f"The module {module}{here} is not available, and {where}.",
            "One file is handed in, and only that file is there; NumPy and Python's own modules"
            " are, and what comes with the exercise.",
            f"Compare the name in line {imported} with the module that you mean."
            if meant
            else "Is it a file of your own? Copy what you use of it into this one.",
            f"Correct line {imported}."
            if meant
            else f"Delete the import of {module}, and define here what the class uses of it.",
        )
    return Told("module-not-available", text)


def built_on(entry: str, base: str, module: str, line: int) -> Told:
    """Name a class that is derived from something in a module that is not there."""
    library = LIBRARIES.get(module.partition(".")[0])
    text = Text(
        f"{entry} is built on {base}; the module {module} (line {line}) is not available.",
        f"This is {library}; the exercise is to be written in NumPy."
        if library
        else "Only the file that is handed in is there, and what comes with the exercise.",
        f"Write {entry} with NumPy, in the way of the statement."
        if library
        else f"Is {module} a file of your own? Copy what you use of it into this one.",
        f"Delete the import of {module}, and derive {entry} from nothing, or from what the"
        " statement gives.",
    )
    return Told("module-not-available", text)


def numpy_for(used: str) -> str:
    """Say what to write with NumPy for something of another library; empty if it is not known."""
    last = used.rpartition(".")[2]
    if last in _SAME:
        return f"{used} → np.{last}"
    return f"{used} → {_OTHERS[last]}" if last in _OTHERS else ""


def asks_or_ends(facts: Facts, error: StudentError) -> Told | None:
    """Name code that asks for input, or ends the program, where it is called by others."""
    while_loaded = facts.load_error is error
    when = "while the file is loaded" if while_loaded else "where nobody is there to answer"
    if error.type_name == "EOFError" and "input" in facts.source.line(error.line):
        text = Text(
            f"Line {error.line} asks a question (input) {when}.",
            "Whoever uses the class imports the file, and hands over what it needs as arguments.",
            "What should happen when another file uses your class?",
            "Take the value as an argument; put questions under: if __name__ == '__main__':",
        )
        return Told("input-at-import", text)
    if error.type_name == "SystemExit":
        what = "while it is loaded" if while_loaded else f"in line {error.line}, where it is called"
        text = Text(
            f"The file ends the program {what}.",
            "Whoever uses the class imports the file, and has more to do afterwards.",
            "What should happen when another file uses your class?",
            "Raise an exception where something is wrong; put what ends the program under:"
            " if __name__ == '__main__':",
        )
        return Told("exit-at-import", text)
    return None
