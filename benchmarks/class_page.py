"""How long a browser takes to open the page of a class.

    python benchmarks/class_page.py RESULTS [--rounds N] [--json]

RESULTS is a folder that ``grader grade`` wrote to; 1,000 students are a fair size. Their pages are
written by ``grader export`` into a scratch folder, and class.html is opened again and again in one
headless Chromium. Printed are medians, in milliseconds, and the spread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from grader.results.store import Store
from grader.views.class_reports import CLASS_PAGE, export_class
from tests.reporters.browser import Tab, tab

TIMING = """(() => {
  const entry = performance.getEntriesByType("navigation")[0];
  return [entry.domContentLoadedEventEnd, entry.loadEventEnd];
})()"""
TO_THE_END = """new Promise(done => {
  const begun = performance.now();
  scrollTo(0, document.documentElement.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
})"""


def opened(browser: Tab, page: Path) -> dict[str, float]:
    """Open a page, scroll to its end; what each took, in milliseconds."""
    browser.show(page, 1200)
    parsed, loaded = browser.run(TIMING)
    found = browser.ask("Performance.getMetrics")["metrics"]
    metrics = {metric["name"]: metric["value"] for metric in found}
    return {
        "parsed": parsed,
        "loaded": loaded,
        "layout": 1000 * metrics["LayoutDuration"],
        "scrolled to the end": browser.run(TO_THE_END),
    }


def main() -> None:
    """Export, open, print."""
    parser = argparse.ArgumentParser(description="Time how the page of a class opens.")
    parser.add_argument("results", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        pages, profile = Path(scratch) / "pages", Path(scratch) / "profile"
        begun = time.perf_counter()
        with Store(options.results) as store:
            count = export_class(pages, store, "html")
        seconds = time.perf_counter() - begun
        with tab(profile) as browser:
            browser.ask("Performance.enable")
            rounds = [opened(browser, pages / CLASS_PAGE) for _ in range(options.rounds)]
        size = (pages / CLASS_PAGE).stat().st_size
    figures = {
        name: [statistics.median(times), min(times), max(times)]
        for name in rounds[0]
        for times in [[one[name] for one in rounds]]
    }
    if options.json:
        print(json.dumps({"students": count, "export": seconds, "bytes": size, **figures}))
        return
    print(f"{count} students, exported in {seconds:.1f} s, class.html {size / 1024:.0f} KiB")
    for name, (median, least, most) in figures.items():
        print(f"{name:20} {median:6.0f} ms   {least:.0f} to {most:.0f}")


if __name__ == "__main__":
    main()
