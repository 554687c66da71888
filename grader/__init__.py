"""An autograder that makes its verdict where the student's code is not.

From Python::

    report = grader.check("dense", "dense.py")

docs/python.md shows what there is. Nothing is imported here before it is asked for (PEP 562):
every process of the grader imports this module, and most need nothing of it.
"""

__version__ = "0.1.0"

__all__ = ["ClassResults", "Problem", "Report", "check", "errors", "grade_class", "load_problem"]

TYPE_CHECKING = False  # what typing has; type checkers know the name, and typing is not loaded
if TYPE_CHECKING:
    from grader import errors
    from grader.api.check import check
    from grader.api.class_results import ClassResults, grade_class
    from grader.api.problems import Problem, load_problem
    from grader.api.report import Report
else:
    _HOMES = {
        "ClassResults": "grader.api.class_results",
        "Problem": "grader.api.problems",
        "Report": "grader.api.report",
        "check": "grader.api.check",
        "errors": "grader.errors",
        "grade_class": "grader.api.class_results",
        "load_problem": "grader.api.problems",
        "load_ipython_extension": "grader.api.ipython",  # for %load_ext
        "unload_ipython_extension": "grader.api.ipython",
    }

    def __getattr__(name):
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        home = import_module(_HOMES[name])
        return home if home.__name__ == f"{__name__}.{name}" else getattr(home, name)

    def __dir__():
        return ["__version__", *__all__]
