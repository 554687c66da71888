"""Whether mistakes are named as they should be, and what is taken for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.authoring.claims import Finding, Trial, counted
from grader.authoring.sample_headers import faults_of_diagnoses, named
from grader.model.problem import Library, Problem
from grader.model.sample_header import read_declaration

NONE = "none"


def judge_naming(problem: Problem, trials: Sequence[Trial]) -> Iterator[Finding]:
    """Yield what the reports of rejected samples and mutants prove about diagnoses, or do not."""
    yield _as_declared(problem, [trial for trial in trials if trial.kind == "rejected"])
    yield _every_mistake_shown(problem, trials)


def _as_declared(problem: Problem, rejected: Sequence[Trial]) -> Finding:
    faults = {problem.shown(t.path): list(faults_of_diagnoses(t.path, t.report)) for t in rejected}
    claim = "rejected samples are diagnosed as they declare"
    finding = counted(claim, len(rejected), faults)
    wrong = sum(len(row.wrong) for row in confusion(rejected))
    return replace(finding, figure=f"{finding.figure}, {wrong} wrong")


def _every_mistake_shown(problem: Problem, trials: Sequence[Trial]) -> Finding:
    """Whether every mistake that the problem knows is named for something that has it.

    Mistakes may be shared between the problems of a library: what a sample of another problem
    declares, and that problem proves, is shown. Mistakes that come with the grader are proven
    where they come from, in its own library.
    """
    from grader.judge.loading import load_rules

    rules = load_rules(problem)
    own = problem.library == Library.find().root
    ids = [known.id for known in rules.mistakes if own or not known.shared]
    ids += [known.id for known in rules.telltales]
    shown = set().union(*(named(t.report) for t in trials if t.kind in ("rejected", "mutant")))
    shown |= _declared_elsewhere(problem)
    vouched = {entry.diagnosis for entry in problem.vouched.unshown}
    details = []
    if never := [name for name in ids if name not in shown | vouched]:
        details += [
            f"{problem.shown(problem.diagnoses_path)}: never named: {', '.join(never)}",
            "  Write a sample that declares it, delete the rule, or say why there is no sample in",
            f"  {problem.shown(problem.vouched_path)}:",
            "    [[unshown]]",
            f'    diagnosis = "{never[0]}"',
            '    reason = "why nobody can write a sample of it"',
        ]
    for name in sorted(vouched - (set(ids) - shown)):
        why = "is named for something" if name in ids else "is no known mistake"
        details.append(f"{problem.shown(problem.vouched_path)}: {name}: {why}; delete the entry")
    figure = f"{len(shown.intersection(ids))} of {len(ids)}"
    return Finding("diagnoses are named for some sample or mutant", figure, details)


def _declared_elsewhere(problem: Problem) -> set[str]:
    """The diagnoses that rejected samples of the library's other problems declare."""
    library = Library(problem.library)
    declared: set[str] = set()
    for slug in library.slugs():
        if slug != problem.slug:
            for path in library.load(slug).samples("rejected"):
                try:
                    declared |= read_declaration(path).diagnoses or frozenset()
                except ValueError:
                    continue  # told when that problem is verified
    return declared


# -- what is taken for what ----------------------------------------------------------------


@dataclass
class Row:
    """What became of the samples that declare one diagnosis.

    Attributes:
        right: The samples for which it is named.
        missed: Those for which it is not, and what is named in its place.
        wrong: Those that do not declare it, and for which it is named.
    """

    id: str
    right: list[str] = field(default_factory=list)
    missed: dict[str, list[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def confusion(trials: Sequence[Trial]) -> list[Row]:
    """Set what rejected samples declare against what is named; a row for each diagnosis.

    Samples that declare ``none``, and are told nothing, are right in the row of that name.
    """
    rows: dict[str, Row] = defaultdict(lambda: Row(""))
    for trial in trials:
        try:
            declared = read_declaration(trial.path).diagnoses
        except ValueError:
            continue
        if declared is None:
            continue  # told as such
        wanted, found = declared or {NONE}, named(trial.report) or {NONE}
        for name in sorted(wanted & found):
            rows[name].right.append(trial.name)
        for name in sorted(wanted - found):
            rows[name].missed[trial.name] = sorted(found - wanted)
        for name in sorted(found - wanted - {NONE}):
            rows[name].wrong.append(trial.name)
    return [replace(row, id=name) for name, row in sorted(rows.items())]
