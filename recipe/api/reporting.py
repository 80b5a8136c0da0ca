"""Runs as they are told: the page of one, lists and comparisons of many."""

from collections.abc import Sequence
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.lint.histories import lint_run


def report(run: Path) -> str:
    """The page of a run, as HTML that needs nothing beside it; loads no framework.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when a file of it is damaged.
    """
    from recipe.report.run_pages import run_page

    return run_page(run, _shown_by(run))


def _shown_by(run: Path) -> Sequence[Problem]:
    """What the numbers of a run show."""
    from recipe.report.records import read_record

    record = read_record(run)
    if record.program is None:
        return ()
    rows = [{"epoch": float(epoch), **record.history.at(epoch)} for epoch in record.history.epochs]
    return lint_run(record.program, rows)
