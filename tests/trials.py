"""Trials: tests that stand for a fault tried, an input tried, or a result altered; what became of them, as JSON.

A test says so by ``@pytest.mark.trial(kind="fault", what="kill -9 while sampling")``: `kind` is one of `KINDS`, and
`what` a short phrase for readers who have not seen the test. One marker does for all parameters: ``{id}`` is the test's
own id, and ``{name}`` the parameter of that name. A parameter may also bring a marker of its own, which goes first.

``pytest -m trial --trials FILE`` runs all and writes what became of each; with ``--collect-only``, which there are.
Those that a run leaves out, as ``-m "trial and not slow"`` does, are written as not tried.
"""

import datetime
import json
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

COLLECTED = pytest.StashKey[list[dict[str, str]]]()
"""Trials among all tests that were collected, those included that this run leaves out."""

KINDS = ("fault", "refused", "altered")


def trial_of(item: pytest.Item) -> dict[str, str] | None:
    """Kind and words of a test that is a trial.

    Raises
    ------
    pytest.UsageError
        When its marker lacks one of them, or has others.
    """
    parameters = item.callspec.marks if hasattr(item, "callspec") else []
    own = [mark for mark in parameters if mark.name == "trial"]
    marker = own[-1] if own else item.get_closest_marker("trial")
    if marker is None:
        return None
    kind, what = marker.kwargs.get("kind"), marker.kwargs.get("what")
    if (
        marker.args
        or set(marker.kwargs) != {"kind", "what"}
        or kind not in KINDS
        or not isinstance(what, str)
        or not what
    ):
        raise pytest.UsageError(f"{item.nodeid}: trial(kind=one of {', '.join(KINDS)}, what=a phrase), not {marker}")
    if "{" in what:
        call = getattr(item, "callspec", None)
        given = {"id": call.id} | {name: _shown(value) for name, value in call.params.items()} if call else {}
        try:
            what = what.format_map(given)
        except (KeyError, ValueError, IndexError):
            raise pytest.UsageError(f"{item.nodeid}: no such parameter in {what!r}; there are {[*given]}") from None
    return {"test": item.nodeid, "kind": kind, "what": what}


def _shown(value: object) -> str:
    """A parameter as words: fields with dots, texts with commas, functions by name, all else as Python does."""
    if isinstance(value, tuple) and all(isinstance(one, str | int) for one in value):
        names = all(isinstance(one, int) or one.isidentifier() for one in value)
        value = ("." if names else ", ").join(map(str, value))
    if callable(value):
        value = getattr(value, "__name__", repr(value)).replace("_", " ")
    written = value if isinstance(value, str) and value.isprintable() and value.strip() else repr(value)
    return written if len(written) <= 80 else written[:77] + "..."


class Trials:
    """Collects what became of trials, wherever they ran: results of workers arrive here as their reports."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: dict[str, dict[str, str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """List the trials there are."""
        for trial in filter(None, map(trial_of, session.items)):
            self.found[trial["test"]] = trial | {"outcome": "not run"}
        self._leave_out(left_out(session))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """List what a worker left out."""
        self._leave_out(getattr(node, "workeroutput", {}).get("trials_left_out", []))

    def _leave_out(self, trials: Iterable[dict[str, str]]) -> None:
        for trial in trials:
            self.found[trial["test"]] = trial | {"outcome": "skipped", "reason": "left out of this run"}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome: a failure in any phase counts, as does a test that was left out."""
        properties = dict(report.user_properties)
        if "trial" not in properties:
            return
        trial = self.found.setdefault(report.nodeid, json.loads(properties["trial"]))
        if report.failed or hasattr(report, "wasxfail"):
            trial["outcome"] = "failed"
        elif report.skipped:
            trial["outcome"] = "skipped"
            trial["reason"] = report.longrepr[2].removeprefix("Skipped: ") if report.longrepr else ""
        elif report.when == "call":
            trial["outcome"] = "passed"

    def pytest_sessionfinish(self) -> None:
        """Write the file, sorted by test."""
        made = {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        }
        record = {"made": made, "trials": [self.found[name] for name in sorted(self.found)]}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the outcome of trials be written to a file."""
    parser.addoption("--trials", metavar="FILE", help="write which tests marked as trials there are, and their outcome")


def pytest_configure(config: pytest.Config) -> None:
    """Collect where reports arrive, and not in each worker."""
    if (path := config.getoption("--trials")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Trials(Path(path)), "trials")


def left_out(session: pytest.Session) -> list[dict[str, str]]:
    """Trials that were collected and are not to run."""
    runs = {item.nodeid for item in session.items}
    return [trial for trial in session.config.stash.get(COLLECTED, []) if trial["test"] not in runs]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let a worker say what it leaves out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["trials_left_out"] = left_out(session)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a trial's reports carry its words; a marker that says too little ends the run at once."""
    if trial := trial_of(item):
        item.config.stash.setdefault(COLLECTED, []).append(trial)
        item.user_properties.append(("trial", json.dumps(trial)))
