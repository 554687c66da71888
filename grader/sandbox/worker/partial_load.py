"""Running a file whose top level fails somewhere: what it defines is there all the same.

Part of the worker. A file is run whole, as Python does. Only where that fails, what follows is run
statement by statement. An import that failed gives stand-ins, or what the exercise gives under that
name. After any other failure, only statements that define something are run.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import sys
from collections.abc import Callable, Iterable
from types import CodeType, ModuleType
from typing import Any

from grader.sandbox.worker.defining import (
    BLOCKS,
    DEFINING,
    IMPORTS,
    first_column,
    first_line,
    given_by,
    names_of,
    root_name,
)
from grader.sandbox.worker.stand_ins import StandIn, base_of, stand_in, stood_in_for

_BUILTINS = dict(vars(builtins))
globals().update({name: it for name, it in _BUILTINS.items() if not name.startswith("_")})

MAX_EVENTS = 20
MAX_LINES = 5
MAX_NAMES = 20
_TRIES = 20
_FUTURE = 0
for _feature in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _feature).compiler_flag

_traceback_of = BaseException.__dict__["__traceback__"].__get__

Describe = Callable[[BaseException], list[Any]]


class PartialLoad:
    """What a file defines, though some of its statements fail.

    Args:
        module: What it is run in.
        text: The file.
        filename: Its name in tracebacks.
        code: The whole of it, compiled.
        given: Provided modules, by name.
        names: Where names come from that the file finds defined: ``name: (module, attribute)``.
        describe: Makes plain data of an exception.

    Attributes:
        events: What happened, as plain data.
    """

    def __init__(
        self,
        module: ModuleType,
        text: str,
        filename: str,
        code: CodeType,
        given: Iterable[str],
        names: dict[str, tuple[str, str]],
        describe: Describe,
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self._module = module
        self._space = vars(module)
        self._filename = filename
        self._flags = code.co_flags & _FUTURE
        self._given = frozenset(given)
        self._names = {name: it for name, it in names.items() if it[0] in self._given}
        self._describe = describe
        self._statements = ast.parse(text).body
        self._own = {s.name for s in self._statements if isinstance(s, DEFINING)}
        self._absent: dict[str, dict[str, Any]] = {}
        self._definitions_only = False

    def after(self, error: BaseException) -> None:
        """Go on behind the statement that raised, when the whole file was run.

        Raises:
            BaseException: The same, if it did not come out of a statement.
        """
        place = self._place(error)
        number = None if place is None else self._statement_at(*place)
        if number is None:
            raise error
        self._met(self._statements[number], error)
        for statement in self._statements[number + 1 :]:
            self._run(statement)

    def without(self, line: int) -> None:
        """Run the file, and leave out the statement in ``line``, at which all ended before.

        Behind it, only definitions are run; if no line is known (0), from the beginning.
        """
        number = self._statement_at(line, 1 << 30) if line > 0 else None
        if number is None:
            self._event("stopped", 0)
        for position, statement in enumerate(self._statements):
            if number is None or position >= number:
                self._definitions_only = True
            if position == number:
                self._event("stopped", first_line(statement), defines=sorted(given_by(statement)))
            else:
                self._run(statement)

    def told(self) -> list[dict[str, Any]]:
        """What happened, and which classes are derived from what is not there."""
        for statement in self._statements if self._absent else []:
            name = statement.name if isinstance(statement, ast.ClassDef) else ""
            kind = self._space.get(name)
            one = base_of(kind) if isinstance(kind, type) else None
            if one is not None:
                more = {"module": one._module, "name": one._path, "defines": [name]}
                self._event("based", one._line, **more)
        return self.events

    # -- statements ----------------------------------------------------------------------

    def _place(self, error: BaseException) -> tuple[int, int] | None:
        """Line and column of the file's top level at which an exception came out of it."""
        walker = _traceback_of(error)
        while walker is not None:
            code = walker.tb_frame.f_code
            if code.co_filename == self._filename and code.co_name == "<module>":
                column = None
                if walker.tb_lasti >= 0:
                    positions = list(code.co_positions())
                    line, _, column, _ = positions[walker.tb_lasti // 2]
                    column = column if line == walker.tb_lineno else None
                return walker.tb_lineno, 1 << 30 if column is None else column
            walker = walker.tb_next
        return None

    def _statement_at(self, line: int, column: int) -> int | None:
        found = None
        for number, statement in enumerate(self._statements):
            start = first_line(statement)
            if start < line or (start == line and first_column(statement) <= column):
                found = number
        return found

    def _run(self, statement: ast.stmt) -> None:
        if self._definitions_only and not self._defines(statement):
            return
        try:
            self._execute(statement)
        except BaseException as error:
            self._met(statement, error)

    def _execute(self, statement: ast.stmt) -> None:
        tree = ast.Module([statement], [])
        exec(compile(tree, self._filename, "exec", self._flags, dont_inherit=True), self._space)

    def _defines(self, statement: ast.stmt) -> bool:
        """Whether a statement defines something, without running much of the file's own code."""
        if isinstance(statement, (*DEFINING, *IMPORTS)):
            return True
        if isinstance(statement, BLOCKS):
            inside = (node for node in ast.walk(statement) if node is not statement)
            return any(isinstance(node, (*DEFINING, *IMPORTS)) for node in inside)
        if isinstance(statement, ast.Expr):  # setattr(Dense, "forward", forward)
            call = statement.value
            return isinstance(call, ast.Call) and getattr(call.func, "id", "") == "setattr"
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
            return False
        called = (node.func for node in ast.walk(statement.value) if isinstance(node, ast.Call))
        return all(root_name(function) not in {"input", *self._own} for function in called)

    # -- failures ------------------------------------------------------------------------

    def _met(self, statement: ast.stmt, error: BaseException) -> None:
        """Do what can be done about a statement that raised."""
        if isinstance(statement, IMPORTS) and isinstance(error, Exception):
            self._import(statement)
            return
        for _ in range(_TRIES):
            if not self._mended(statement, error):
                break
            try:
                self._execute(statement)
                return
            except BaseException as another:
                error = another
        one = stood_in_for(error)
        if one is None:
            self._raised(statement, error)
        else:
            self._skip_use(one, statement, error)

    def _mended(self, statement: ast.stmt, error: BaseException) -> bool:
        """Whether a statement could be changed so that this is no reason to fail any more."""
        one = stood_in_for(error)
        if one is None:
            return self._import_inside(statement, error)
        changed = _Undecorated(self._space).changes(statement)
        if changed:
            self._used(one, first_line(statement))
        return changed

    def _raised(self, statement: ast.stmt, error: BaseException) -> None:
        defines = sorted(given_by(statement) - set(self._space))
        if not self._definitions_only or isinstance(statement, (*DEFINING, *BLOCKS)):
            place = self._place(error)
            line = place[0] if place else first_line(statement)
            first = not self._definitions_only
            self._event(
                "raised", line, defines=defines, raised=self._describe(error), first=int(first)
            )
        self._definitions_only = True

    def _skip_use(self, one: StandIn, statement: ast.stmt, error: BaseException) -> None:
        """Leave out a statement that uses a stand-in; what it would have defined is one as well."""
        defines = given_by(statement)
        place = self._place(error)
        self._used(one, place[0] if place else first_line(statement))
        if isinstance(statement, DEFINING):
            event = {"defines": [statement.name], "raised": self._describe(error), "first": 0}
            self._event("raised", first_line(statement), **event)
        for name in defines - set(self._space):
            self._space[name] = stand_in(name, one._module, one._line, one._missing)

    def _used(self, one: StandIn, line: int) -> None:
        event = self._absent.get(one._module)
        if event and line not in event["lines"] and len(event["lines"]) < MAX_LINES:
            event["lines"].append(line)

    def _import_inside(self, statement: ast.stmt, error: BaseException) -> bool:
        """Make up for an import inside of a block; whether there was one that failed."""
        place = self._place(error)
        if not isinstance(statement, BLOCKS) or not isinstance(error, ImportError) or not place:
            return False
        for node in ast.walk(statement):
            for _, body in ast.iter_fields(node):
                if not isinstance(body, list) or not all(isinstance(b, ast.stmt) for b in body):
                    continue
                for number, inner in enumerate(body):
                    if isinstance(inner, IMPORTS) and inner.lineno == place[0]:
                        self._import(inner)
                        body[number] = ast.copy_location(ast.Pass(), inner)
                        return True
        return False

    # -- imports -------------------------------------------------------------------------

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Import each name by itself, and give what can be given for those that are not there."""
        for alias in statement.names:
            single: ast.Import | ast.ImportFrom
            if isinstance(statement, ast.Import):
                single = ast.Import([alias])
            else:
                single = ast.ImportFrom(statement.module, [alias], statement.level)
            ast.copy_location(single, statement)
            try:
                self._execute(single)
            except Exception as error:
                line = statement.lineno
                if isinstance(statement, ast.Import):
                    self._module_missing(alias, line)
                else:
                    self._name_missing(statement, alias, line, error)

    def _module_missing(self, alias: ast.alias, line: int) -> None:
        top, *below = alias.name.split(".")
        last = [top, *below][-1]
        if last in self._given:
            found: Any = sys.modules[last]
            self._event("given", line, module=alias.name, name=last)
        else:
            self._is_absent(alias.name, line)
            found = stand_in(alias.name, alias.name, line)
        if alias.asname:
            self._space[alias.asname] = found
            return
        for number in range(len(below), 0, -1):  # import a.b: the name is a
            path = ".".join([top, *below[: number - 1]])
            found = stand_in(path, alias.name, line, known={below[number - 1]: found})
        known = self._space.get(top)
        if below and isinstance(known, StandIn):
            known._known.update(found._known)
        elif not below or not isinstance(known, ModuleType):
            self._space[top] = found

    def _name_missing(
        self, statement: ast.ImportFrom, alias: ast.alias, line: int, error: Exception
    ) -> None:
        module = "." * statement.level + (statement.module or "")
        last = (statement.module or "").rpartition(".")[2]
        name, local = alias.name, alias.asname or alias.name
        origin = vars(sys.modules[last]) if last in self._given else {}
        if name == "*" and not origin:
            self._is_absent(module, line)
            for each in sorted(self._undefined()):
                self._space[each] = stand_in(f"{module}.{each}".lstrip("."), module, line)
        elif name == "*":
            public = {n: it for n, it in origin.items() if not n.startswith("_")}
            self._space.update(public)
            self._event("given", line, module=module, name=last)
        elif name in self._names:
            found, attribute = self._names[name]
            thing = sys.modules[found]
            self._space[local] = getattr(thing, attribute) if attribute else thing
            self._event("given", line, module=module, name=name)
        elif name in origin or name in self._given:
            self._space[local] = origin[name] if name in origin else sys.modules[name]
            self._event("given", line, module=module, name=name)
        else:
            missing = statement.level == 0 and type(error) is ImportError and module in sys.modules
            if missing:
                self._event("missing", line, module=module, name=name)
            else:
                self._is_absent(module, line)
            path = f"{module}.{name}".lstrip(".")
            self._space[local] = stand_in(path, module, line, missing)

    def _undefined(self) -> set[str]:
        """Names that the file uses, and nothing in it makes."""
        used: set[str] = set()
        made = {*self._space, *_BUILTINS}
        for statement in self._statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name):
                    (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
                elif isinstance(node, ast.arg):
                    made.add(node.arg)
                else:
                    made |= names_of(node)
        return used - made

    def _is_absent(self, module: str, line: int) -> None:
        if module not in self._absent:
            self._absent[module] = self._event("absent", line, module=module)

    def _event(self, kind: str, line: int, **more: Any) -> dict[str, Any]:
        event: dict[str, Any] = {
            "kind": kind,
            "line": line,
            "module": "",
            "name": "",
            "lines": [],
            "first": 1,
        }
        event |= {"defines": [], "raised": [], **more}
        event["defines"] = event["defines"][:MAX_NAMES]
        if len(self.events) < MAX_EVENTS:
            self.events.append(event)
        return event


class _Undecorated(ast.NodeTransformer):
    """Takes away decorators that are stand-ins, and what is made of them."""

    def __init__(self, space: dict[str, Any]) -> None:
        self._space = space
        self._changed = False

    def changes(self, statement: ast.stmt) -> bool:
        """Take them away from a statement; whether there were any."""
        if isinstance(statement, DEFINING):
            self.visit(statement)
        return self._changed

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Look at a node, then at what is in it."""
        if isinstance(node, DEFINING):
            kept = [d for d in node.decorator_list if not self._is_absent(d)]
            self._changed |= len(kept) < len(node.decorator_list)
            node.decorator_list = kept
        return super().generic_visit(node)

    def _is_absent(self, decorator: ast.expr) -> bool:
        return isinstance(self._space.get(root_name(decorator)), StandIn)
