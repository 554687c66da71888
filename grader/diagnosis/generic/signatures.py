"""Methods that are not there under their name, or cannot be called as the problem calls them.

Told by names and by what Python says when it refuses a call; the same for every problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from grader.checks.misconceptions import Text, Told
from grader.diagnosis.facts import Facts
from grader.diagnosis.generic.entry_lookup import absent_function
from grader.diagnosis.likeness import nearest, plain
from grader.diagnosis.source_scan import Method, Source
from grader.remote.steps import Invocation, StudentError

Rule = Callable[[Facts, StudentError], Told | None]

_REFUSED = re.compile(r"(?:(\w+)\.)?(\w+)\(\) (.*)")
_BY_NAME = "Whoever uses the class calls its methods by the names of the statement."


def absent(facts: Facts, name: str) -> Told | None:
    """Say where a method is that the class should have, if it has none of its own.

    Likewise a function, where these are asked for.
    """
    if facts.entry_kind == "function":
        return absent_function(facts, name)
    nested = {inner for kind in facts.classes.values() for inner in kind.get("nested", ())}
    # What stands behind a return is not in the class that Python has made, but in the lines.
    nested |= {m.name for m in facts.source.methods(facts.entry) if m.inner}
    if name in facts.own or name not in facts.wanted | nested:
        return None
    if name in nested:
        return Told(
            "method-nested",
            Text(
                f"{name} stands inside of another method, not in the class.",
                "A function that is defined inside of a method is known there only.",
                f"Compare how far the line def {name} is indented with the other methods.",
                f"Move {name} to the left, to where the other methods begin.",
            ),
        )
    if name in facts.functions:
        return Told(
            "method-outside",
            Text(
                f"{name} stands outside of the class.",
                _BY_NAME,
                f"Compare how far the line def {name} is indented with the other methods.",
                f"Indent {name}, so that it belongs to the class.",
            ),
        )
    if name in facts.source.kept:
        return Told(
            "method-is-attribute",
            Text(
                f"{name} is stored as an attribute (self.{name} in line {facts.source.kept[name]});"
                " the statement asks for a method.",
                f"{name}() is called with parentheses, and a stored value cannot be called.",
                f"How is {name} used in the statement: with or without parentheses?",
                f"Write def {name}(self): that returns the value, and store nothing of that name.",
            ),
        )
    other = nearest(name, [n for n in facts.own - facts.wanted if n in facts.methods])
    if other is not None:
        return Told(
            "method-misnamed",
            Text(
                f"The method is called {other}; the statement calls it {name}.",
                _BY_NAME,
                "Compare your method names with the list in the statement.",
                f"Rename {other} to {name}.",
            ),
        )
    return Told(
        "method-missing",
        Text(
            f"The class has no method {name}.",
            _BY_NAME,
            "Which of the methods in the statement does your class define?",
            f"Write def {name} in the class, with the arguments that the statement lists.",
        ),
    )


FOREIGN = "interface-of-a-library"
_LIBRARIES = {"Keras": ("build", "call"), "scikit-learn": ("fit", "predict")}


def foreign(facts: Facts) -> Told | None:
    """Say that a class is written for a library, if it has that one's methods and no others."""
    missing = facts.wanted - facts.own
    for library, methods in _LIBRARIES.items():
        own = [name for name in methods if name in facts.own - facts.wanted]
        if own and 2 * len(missing) > len(facts.wanted):
            shown = ", ".join(sorted(missing)[:3]) + (", …" if len(missing) > 3 else "")
            text = Text(
                f"{facts.entry} has the methods of {library} ({' and '.join(own)}); those of the"
                f" statement ({shown}) are missing.",
                _BY_NAME,
                "Which methods does the statement list, and with which arguments?",
                f"Begin with the starter file, and move what {' and '.join(own)} do into its"
                " methods.",
            )
            return Told(FOREIGN, text)
    return None


def nothing_written(facts: Facts, called: Collection[str]) -> Told | None:
    """Say of methods that a check has called that they do nothing, if that is all there is."""
    stubs = facts.classes.get(facts.entry, {}).get("stubs", ())
    empty = [name for name in called if name in stubs and name in facts.own | {"__init__"}]
    if not empty:
        return None
    names, one = " and ".join(sorted(empty)), len(empty) == 1
    title = f"{names} {'is' if one else 'are'} not written yet."
    bodies = ["\n".join(facts.source.lines_of(facts.entry, name)) for name in empty]
    if all(re.search(r"\breturn\s+\w+\s*\Z", body) for body in bodies):
        gives = "gives back its argument" if one else "give back their arguments"
        title = f"{names} {gives} unchanged: nothing is written in {'it' if one else 'them'} yet."
    return Told(
        "not-written",
        Text(
            title,
            "What it should do cannot be looked at, and neither can what needs it.",
            "What does the statement say that it takes, and what it returns?",
            "Put the statement's steps in the place of what stands there now.",
        ),
    )


# -- what Python says ----------------------------------------------------------------------


def without_self(facts: Facts, error: StudentError) -> Told | None:
    """A method whose first parameter is not self."""
    if error.type_name not in ("TypeError", "AttributeError", "NameError"):
        return None
    name = error.frames[-1][1] if error.frames else _called(error)
    method = facts.source.method(facts.entry, name)
    if method is None:
        return None
    if "staticmethod" in method.decorators and name in facts.wanted - facts.class_methods:
        return _static(error, method)
    if method.decorators or method.first in ("self", "cls"):
        return None
    return Told(
        "self-missing",
        Text(
            f"{name} is written without self as its first parameter.",
            "Python hands every method the object that it belongs to, before the other arguments.",
            "Compare the line that begins the method with that of a method that works.",
            f"Begin it with: def {name}(self, ...",
        ),
    )


def _static(error: StudentError, method: Method) -> Told | None:
    """A method that is not handed its object, and is called as if it were."""
    refused = not error.frames and _REFUSED.fullmatch(error.message)
    if not (refused or "name 'self' is not defined" in error.message):
        return None
    return Told(
        "method-is-static",
        Text(
            f"{method.name} is a static method (line {method.line}): it is not handed the object,"
            " self, in which one call remembers something for the next.",
            "The statement's methods belong to an object, and share what is kept on it.",
            f"What does {method.name} need that an earlier call was given, and where is that kept?",
            f"Delete @staticmethod above line {method.line}, and begin def {method.name}(self,",
        ),
    )


def unwritten(facts: Facts, error: StudentError) -> Told | None:
    """A method that the class does not have, or that still holds what the starter wrote."""
    name = _called(error)
    told = absent(facts, name)
    if told is not None:
        return told
    known = facts.functions | facts.own | {"__init__"}
    if error.type_name != "NotImplementedError" or name not in known:
        return None
    return Told(
        "not-written",
        Text(
            f"{name} is not written yet.",
            "What it should do cannot be looked at, and neither can what needs it.",
            "What does the statement say that it takes, and what it returns?",
            "Replace the line that raises NotImplementedError.",
        ),
    )


def hidden(facts: Facts, error: StudentError) -> Told | None:
    """A method that cannot be called: an attribute of its name is in front, or it is a property."""
    name = _called(error)
    if "object is not callable" not in error.message or error.frames or not name:
        return None
    method = facts.source.method(facts.entry, name)
    if method is not None and "property" in method.decorators:
        return Told(
            "method-is-property",
            Text(
                f"{name} is a property; the statement asks for a method.",
                f"{name}() is called with parentheses.",
                f"What stands in the line above def {name}?",
                "Delete @property.",
            ),
        )
    if name not in facts.source.kept:
        return None
    line = facts.source.kept[name]
    return Told(
        "attribute-hides-method",
        Text(
            f"The attribute self.{name} (line {line}) hides the method {name}.",
            "An object has one thing of a name, and what is stored on self comes first.",
            f"What does {name} mean for an object: something stored, or something to call?",
            "Store it under another name.",
        ),
    )


def constructor(facts: Facts, error: StudentError) -> Told | None:
    """A class without a constructor, or one that hands its base class what that does not take."""
    if error.message.endswith("takes no arguments") and not error.frames:
        methods = [m.name for m in facts.source.methods(facts.entry) if m.name != "__init__"]
        odd = [name for name in methods if plain(name) in _INITS]
        found = f"; it has {odd[0]}" if odd else ""
        return Told(
            "constructor-missing",
            Text(
                f"The class has no constructor __init__{found}.",
                "Python calls __init__, with two underscores on each side, and nothing else.",
                "How does Python spell the method that is called when an object is made?",
                "def __init__(self, ...",
            ),
        )
    if "object.__init__() takes exactly one argument" in error.message and error.line:
        return Told(
            "base-given-arguments",
            Text(
                f"super().__init__ is given arguments in line {error.line}, and takes none.",
                "The base class has no constructor of its own that could use them.",
                "What does the base class do with what it is given?",
                "Keep the arguments yourself; call super().__init__() without any, or not at all.",
            ),
        )
    return None


_INITS = ("init", "int", "inti", "initialise", "constructor")


def base_not_set_up(facts: Facts, error: StudentError) -> Told | None:
    """A constructor that does not call that of its base class, which sets what is missing."""
    found = re.search(r"object has no attribute '(\w+)'", error.message)
    own = facts.source.lines_of(facts.entry, "__init__")
    if error.type_name != "AttributeError" or found is None or not own or _calls_base(own):
        return None
    missing, set_here = found[1], facts.source.sets_in(facts.entry, "__init__")
    for base in facts.classes.get(facts.entry, {}).get("bases", ()):
        source = _source_with(facts, base)
        if source is None:
            continue
        absent_ones = [name for name in source.sets_in(base, "__init__") if name not in set_here]
        if missing in absent_ones:
            shown = ", ".join(absent_ones[:3]) + (", …" if len(absent_ones) > 3 else "")
            return Told(
                "base-not-set-up",
                Text(
                    f"The constructor of {facts.entry} does not call that of {base}, so a new"
                    f" object lacks what {base} sets ({shown}).",
                    "A class with an __init__ of its own replaces that of its base class; Python"
                    " runs only the one of the class, unless it calls the other.",
                    f"Who runs the lines of __init__ in {base}?",
                    "Begin __init__ with super().__init__(), with the arguments that it takes.",
                ),
            )
        if not _calls_base(source.lines_of(base, "__init__")):
            return None
    return None


def _calls_base(lines: Sequence[str]) -> bool:
    return any("__init__(" in line or "super(" in line for line in lines[1:])


def _source_with(facts: Facts, base: str) -> Source | None:
    """The file, or the module that comes with the problem, in which a class has a constructor."""
    given = (Source(text.splitlines()) for text in facts.provided_sources.values())
    sources = (facts.source, *given)
    return next((source for source in sources if source.lines_of(base, "__init__")), None)


def on_the_class(facts: Facts, error: StudentError) -> Told | None:
    """A method that is called on the class, and written for instances."""
    found = _REFUSED.fullmatch(error.message)
    if error.type_name != "TypeError" or error.frames or found is None:
        return None
    method = facts.source.method(facts.entry, found[2])
    if found[2] not in facts.class_methods or method is None or method.decorators:
        return None
    return Told(
        "class-method-missing",
        Text(
            f"{found[2]} is called on the class, and is not a class method.",
            "It is called before there is an instance that could be handed to it.",
            f"Who calls {found[2]}, and on what? What comes first in its arguments?",
            f"@classmethod in the line above def {found[2]}(cls, ...)",
        ),
    )


def arguments(facts: Facts, error: StudentError) -> Told | None:
    """A method of the student's that is called as the statement says, and refuses."""
    found = _REFUSED.fullmatch(error.message)
    if error.type_name != "TypeError" or error.frames or found is None:
        return None
    name, says = found[2], found[3]
    shown = found[1] or facts.entry if name == "__init__" else name
    hint = "Compare its first line with that in the statement, argument by argument."
    same_way = "Whoever uses the class calls it in the same way, whatever it does inside."
    if unknown := re.search(r"unexpected keyword argument '(\w+)'", says):
        text = Text(
            f"{shown} does not take the argument {unknown[1]}.",
            same_way,
            hint,
            f"Add {unknown[1]} to its parameters.",
        )
        return Told("argument-missing", text)
    if needed := re.search(r"missing \d+ required \S+ arguments?: '(\w+)'", says):
        text = Text(
            f"{shown} cannot be called without {needed[1]}, which has no default value.",
            same_way,
            hint,
            f"Which value does the statement give {needed[1]} where nobody gives it one?",
        )
        return Told("argument-required", text)
    if twice := re.search(r"multiple values for argument '(\w+)'", says):
        text = Text(
            f"{shown} takes its arguments in another order: {twice[1]} comes too early.",
            "Arguments without a name are given by their places.",
            hint,
            "Put the parameters into the order of the statement.",
        )
        return Told("arguments-reordered", text)
    if re.match(r"takes .* positional arguments? but \d+ (was|were) given", says):
        text = Text(
            f"{shown} takes fewer arguments than the statement says.",
            same_way,
            hint,
            "Add the parameter that is not there.",
        )
        return Told("argument-missing", text)
    return None


def _called(error: StudentError) -> str:
    """The method that the judge called, ``__init__`` where it made an instance."""
    return error.step.function if isinstance(error.step, Invocation) else ""


RULES: tuple[Rule, ...] = (
    without_self,
    base_not_set_up,
    unwritten,
    hidden,
    constructor,
    on_the_class,
    arguments,
)
"""In order: the first that has something to say is taken."""
