"""What `grader verify` has found out, in a terminal: the claims, then what does not hold."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.authoring.claims import Finding
from grader.authoring.distortion.judged import STATES, by_member
from grader.authoring.distortion.trying import Distorted
from grader.authoring.verify import Proof
from grader.model.safe_text import inert
from grader.reporters import Page
from grader.reporters.parts.rich_text import laid_out

MAX_DETAILS = 60


def render(proof: Proof, page: Page) -> str:
    """Return the claims as a table, and under it the details of those that do not hold."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for finding in proof.findings:
        mark = Text(" ✓", style="green") if finding.ok else Text(" ✗", style="red")
        table.add_row(mark, finding.claim, finding.figure)
    title = Text.assemble((proof.problem.slug, "bold"), f"  {proof.problem.settings.title}")
    where = Text(f"in {proof.problem.library}", style="dim", overflow="fold")
    parts: list[RenderableType] = [title, where, table]
    for finding in proof.findings:
        parts += _details(finding)
    if proof.distorted is not None and proof.distorted.thorough:
        parts += ["", _by_member(proof.distorted)]
    written = [proof.problem.shown(path) for path in proof.written]
    parts += [Text(f"wrote the points into {path}", overflow="fold") for path in written]
    failed = sum(not finding.ok for finding in proof.findings)
    sound = f"{failed} of {len(proof.findings)} claims do not hold" if failed else "sound"
    graded = f"{len(proof.trials)} files graded in {proof.seconds:.0f} s"
    parts += ["", Text(f"{proof.problem.slug}: {sound}; {graded}")]
    return laid_out(parts, page)


def _by_member(distorted: Distorted) -> Table:
    """What became of all distortions, method by method."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for _ in ("method", *STATES):
        table.add_column(no_wrap=True)
    table.add_row(Text("distortions", style="bold"), *STATES)
    for member, counts in by_member(distorted).items():
        table.add_row(Text(inert(member)), *(Text(f"{counts[s]}", justify="right") for s in STATES))
    return table


def _details(finding: Finding) -> list[RenderableType]:
    if finding.ok:
        return []
    shown = finding.details[:MAX_DETAILS]
    if len(finding.details) > MAX_DETAILS:
        shown.append(f"... and {len(finding.details) - MAX_DETAILS} lines more")
    lines = [Text(inert(line), overflow="fold") for line in shown]
    head = Text(f"✗ {finding.claim}", style="bold red")
    return ["", head, *(Padding(line, (0, 0, 0, 2)) for line in lines)]
