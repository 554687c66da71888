"""Which check finds which mistake, as a page: a row for a file, a column for a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from grader.authoring.claims import Trial, needed_checks
from grader.authoring.sample_headers import UNLOADABLE, lost
from grader.authoring.verify import Proof
from grader.model.report import CheckResult
from grader.model.sample_header import read_declaration
from grader.views import distortions
from grader.views.diagnosis_matrix import section

SIGNS = {"failed": "●", "blocked": "○", "timeout": "◷", "memory": "◷", "crashed": "✕"}
KINDS = {
    "rejected": "Rejected samples",
    "mutant": "Mutants of the reference",
    "accepted": "Accepted samples",
}

_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1c1e21; --faint: #6b7280;
  --line: #e3e5e8; --band: #f4f5f7; --bad: #c62f2f; --alone: #fbe3e1; --good: #23824a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181b; --ink: #e6e7e9; --faint: #9aa0a8; --line: #2d3136; --band: #1f2226;
    --bad: #ff7b72; --alone: #4a2322; --good: #5fc98a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 1rem; max-width: 60rem; color: var(--faint); }
ul { list-style: none; padding: 0; margin: 0 0 1.25rem; }
li b { display: inline-block; min-width: 7.5rem; text-align: right; margin-right: 1rem;
  font-variant-numeric: tabular-nums; }
li.ok::before { content: "✓ "; color: var(--good); }
li.no::before { content: "✗ "; color: var(--bad); }
table { border-collapse: separate; border-spacing: 0; }
th { font-weight: 500; text-align: left; }
thead th { position: sticky; top: 0; background: var(--page); z-index: 2; vertical-align: bottom;
  border-bottom: 1px solid var(--line); }
thead th.check div { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap;
  max-height: 24rem; padding: .3rem 0; }
tbody th { position: sticky; left: 0; background: var(--page); z-index: 1; max-width: 34rem;
  padding: .1rem .75rem .1rem 0; border-bottom: 1px solid var(--line);
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
th small { color: var(--faint); }
tr.part th { position: sticky; left: 0; padding-top: 1.2rem; font-weight: 600; border: 0; }
td { width: 1.7rem; text-align: center; border-bottom: 1px solid var(--line); color: var(--bad); }
td.points { width: 3.5rem; text-align: right; padding-right: .75rem; color: var(--faint);
  font-variant-numeric: tabular-nums; }
.band { background: var(--band); }
td.alone { background: var(--alone); font-weight: 700; }
td.named, th.named { width: auto; text-align: left; padding-left: 1rem; white-space: nowrap;
  color: var(--faint); font-weight: 400; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .25rem; }
.confusion { table-layout: auto; }
.confusion th, .confusion td { position: static; padding: .15rem 1rem .15rem 0; width: auto;
  vertical-align: top; text-align: left; color: var(--ink); }
.confusion td:last-child { max-width: 60rem; color: var(--faint); }
.confusion td.bad, .confusion b { color: var(--bad); font-weight: 600; }
tfoot td { color: var(--ink); border: 0; padding-top: .4rem; font-size: .8rem; }
tfoot th { position: sticky; left: 0; background: var(--page); color: var(--faint); }
tbody tr:hover th, tbody tr:hover td { border-bottom-color: var(--ink); }
"""


def render(proof: Proof) -> str:
    """Return one page of HTML that needs nothing else."""
    title = f"{proof.problem.slug}: which check finds which mistake"
    reference = next(trial for trial in proof.trials if trial.kind == "reference")
    checks = [check for check in reference.report.checks if check.max_points]
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f"<h1>{escape(title)}</h1>",
        "<p>A row is a file whose mistake is known, a column is a check. ● failed, ○ not possible"
        " because of another failure, ◷ ran into a limit, ✕ ended the process. Shaded: the only"
        " check of its group that fails; without it the mistake would cost that group nothing. At"
        ' the right what each is told; <a href="#confusion">below</a> whether that is right.</p>',
        "<ul>",
        *(
            f'<li class="{"ok" if finding.ok else "no"}"><b>{escape(finding.figure)}</b>'
            f"{escape(finding.claim)}</li>"
            for finding in proof.findings
        ),
        "</ul>",
        "<table>",
        *_head(checks),
        "<tbody>",
    ]
    for kind, heading in KINDS.items():
        rows = [trial for trial in proof.trials if trial.kind == kind]
        if rows:
            parts.append(f'<tr class="part"><th>{heading} ({len(rows)})</th></tr>')
            parts += [_row(trial, checks) for trial in rows]
    parts += ["</tbody>", *_foot(proof.trials, checks), "</table>", *section(proof.trials)]
    if proof.distorted is not None:
        parts += distortions.section(proof.distorted)
    parts.append("</html>")
    return "\n".join(parts) + "\n"


def _bands(checks: Sequence[CheckResult]) -> dict[str, str]:
    """Every other group is shaded."""
    groups = [name for name, _ in groupby(check.group for check in checks)]
    return {name: " band" if number % 2 else "" for number, name in enumerate(groups)}


def _head(checks: Sequence[CheckResult]) -> Iterator[str]:
    yield "<thead><tr><th></th><th>points</th>"
    bands = _bands(checks)
    for check in checks:
        shown = check.id.removeprefix("test_")
        hint = escape(f"{check.group}: {check.title}", quote=True)
        label = f"<div>{escape(shown)} <small>{escape(check.group)}</small></div>"
        yield f'<th class="check{bands[check.group]}" title="{hint}">{label}</th>'
    yield '<th class="named">named</th></tr></thead>'


def _row(trial: Trial, checks: Sequence[CheckResult]) -> str:
    mutant, report = trial.mutant, trial.report
    name = escape(trial.name)
    if mutant is not None:
        where = f"{trial.path.name}:{mutant.line}"
        name = f"<small>{escape(where)}</small> {escape(mutant.change)}"
    hint = mutant.diff if mutant else read_declaration(trial.path).about or ""
    cells = [f'<td class="points">{report.score:g}</td>']
    failed = {check.id: check for check in lost(report)}
    groups = [check.group for check in failed.values()]
    bands = _bands(checks)
    for check in checks:
        found = failed.get(check.id)
        kind = bands[check.group].strip()
        if found and found.status != "blocked" and groups.count(check.group) == 1:
            kind = "alone"
        sign = "" if found is None else SIGNS.get(found.status, "●")
        if report.status == UNLOADABLE:
            sign = "·"
        cells.append(f'<td class="{kind}">{sign}</td>' if kind else f"<td>{sign}</td>")
    cells.append(f'<td class="named">{escape(", ".join(d.id for d in report.diagnoses))}</td>')
    return f'<tr><th title="{escape(hint, quote=True)}">{name}</th>{"".join(cells)}</tr>'


def _foot(trials: Sequence[Trial], checks: Sequence[CheckResult]) -> Iterator[str]:
    """How often each check fails, and whether it is ever the only one of its group."""
    wrong = [trial for trial in trials if trial.kind in ("rejected", "mutant")]
    needed = needed_checks(wrong)
    counts = [sum(c.id == check.id for t in wrong for c in lost(t.report)) for check in checks]
    cells = "".join(f"<td>{count}</td>" for count in counts)
    yield f"<tfoot><tr><th>files for which it fails</th><td></td>{cells}</tr>"
    cells = "".join(f"<td>{'✓' if check.id in needed else ''}</td>" for check in checks)
    yield f"<tr><th>some time the only one of its group</th><td></td>{cells}</tr></tfoot>"
