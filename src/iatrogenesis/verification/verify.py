"""A verdict for each claim of the report, for each simulated table and figure, and whether all files fit together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from iatrogenesis.core.claims import Claim
from iatrogenesis.core.files import read_csv, read_json
from iatrogenesis.core.tables import DataError
from iatrogenesis.report.run_record import read_record
from iatrogenesis.study.study import Study
from iatrogenesis.verification.chain import ALTERED, GIVEN, MISSING, NO_FILE, OLDER, Chain, Fault
from iatrogenesis.verification.lists import SUMS, printable, read_sums, shown_path
from iatrogenesis.verification.manifest import against_sums
from iatrogenesis.verification.records import sha256
from iatrogenesis.verification.reference import CLAIMS, HASHES, by_draws, claimed, hashed, kept, rounds_alike
from iatrogenesis.verification.tables import table_verdict
from iatrogenesis.verification.verdicts import (
    CHANGED,
    DRAWS,
    LOCK,
    NOT,
    UNKNOWN,
    Verdict,
    by_name,
    claim_verdict,
    errors_allowed,
    exit_code,
    hash_verdict,
)

BROKEN = (ALTERED, MISSING, NO_FILE)
"""Kinds of faults by which a file is not what its rule wrote: nothing is read from it, or said for it."""
NUMBERS, RUN = "tables/numbers.json", "run.yaml"
COLUMNS = ("what", "name", "verdict", "value", "reference", "mcse", "reason")


class NotFinished(RuntimeError):
    """There are no finished results to verify."""


@dataclass(frozen=True)
class Verification:
    """Rows with the fields `COLUMNS`; files that do not fit; and by how many errors an estimate may be off."""

    rows: list[dict[str, Any]]
    faults: list[Fault]
    changed: list[str]
    allowed: float

    @property
    def code(self) -> int:
        """Exit code: see `iatrogenesis.verification.verdicts.exit_code`."""
        return exit_code([row["verdict"] for row in self.rows], [fault.kind for fault in self.faults])

    def table(self) -> pd.DataFrame:
        """Everything, one row each; files first."""
        files = [
            dict.fromkeys(COLUMNS, "")
            | {"what": "file", "name": shown_path(one.path), "verdict": one.kind, "reason": printable(one.says)}
            for one in self.faults
        ]
        return pd.DataFrame([*files, *self.rows], columns=list(COLUMNS))


def verify(study: Study, results: Path, reference: Path, root: Path) -> Verification:
    """Hold finished results against themselves and against what is kept of an accepted run.

    Parameters
    ----------
    study
        As configured now.
    results, reference
        Folders of the study's results and of its reference, which need not be there.
    root
        Where the workflow runs: paths of code and given files are relative to it.

    Raises
    ------
    NotFinished
        If the results have no list of their files.
    DataError
        If the list, the reference, or a table that is as it was made cannot be read.
    """
    if not (results / SUMS).is_file():
        raise NotFinished(f"{results / SUMS} is not there: `make report STUDY={study.name}` first")
    chain = Chain(results, pinned=pinned(study, reference))
    faults = misfits(chain, root)
    changed = changes(study, results)
    values = kept(reference, CLAIMS)
    before = {} if values is None else by_name(values, "claim")
    allowed = errors_allowed(sum(claim.kind == "posterior" for claim in study.claims.values()))
    rows = [*_claims(study, chain, faults, changed, before, allowed), *_hashes(chain, faults, reference, changed)]
    rows += _lock(results, root)
    return Verification(rows, faults, changed, allowed)


def pinned(study: Study, reference: Path) -> set[str]:
    """Files that no list may call left over: what the report, its claims and the reference are about."""
    table = kept(reference, HASHES)
    names = set() if table is None else set(table["name"])
    return names | {claim.table for claim in study.claims.values()} | {NUMBERS, "report.html", RUN}


def misfits(chain: Chain, root: Path) -> list[Fault]:
    """Files that do not fit together, or are not as ``SHA256SUMS`` lists them."""
    faults = chain.faults(root)
    known = {fault.path for fault in faults}
    return faults + [one for one in against_sums(chain.now, read_sums(chain.results / SUMS)) if one.path not in known]


def changes(study: Study, results: Path) -> list[str]:
    """Fields of the configuration that are not as they were when the results were made, by dotted path."""
    if not (results / RUN).is_file():
        return []
    record = _run(results)
    if not {"config", "scenarios"} <= record.keys():
        return ["run.yaml, which cannot be read"]
    config = study.config.model_dump(mode="json")
    scenarios = {name: one.model_dump(mode="json") for name, one in study.catalogue.items()}
    now = {"config": config, "scenarios": scenarios, "seed": config.get("seed"), "study": study.name}
    said = [name for name in now if name in record]
    return list(_different({name: record[name] for name in said}, {name: now[name] for name in said}))


def _run(results: Path) -> Mapping:
    """What ``run.yaml`` says; nothing, if it cannot be read."""
    try:
        record = read_record(results / RUN)
    except (OSError, yaml.YAMLError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, Mapping) else {}


def _lock(results: Path, root: Path) -> Iterator[dict[str, Any]]:
    """A row if the results were made by other versions of libraries than the lock has now."""
    then, lock = _run(results).get("requirements_lock_sha256"), root / "requirements.lock"
    if then is not None and lock.is_file() and sha256(lock) != then:
        says = "it has changed since the run; `make verify RERUN=1` makes the results by the present one"
        yield _row("lock", lock.name, Verdict(LOCK, says))


def _different(then: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for name in sorted(then.keys() | now.keys(), key=str):
            yield from _different(then.get(name), now.get(name), f"{path}.{name}" if path else str(name))
    elif then != now:
        yield path


def _claims(
    study: Study, chain: Chain, faults: list[Fault], changed: list[str], before: Mapping, allowed: float
) -> Iterator[dict[str, Any]]:
    broken = {fault.path for fault in faults if fault.kind in BROKEN}
    numbers = {} if NUMBERS in broken else _numbers(chain.results / NUMBERS)
    found = by_name(claimed(study, chain, broken), "claim")
    for name in before.keys() - study.claims.keys():
        verdict = Verdict(NOT, "the reference has it, and config/claims.yaml does not any more")
        yield _row("claim", name, verdict, reference=before[name]["value"])
    for name, claim in study.claims.items():
        now, then = found.get(name), before.get(name)
        verdict = _unsound(claim, chain, faults, changed)
        if verdict is None:
            if now is None and then is None:
                continue
            if now is None:
                verdict = Verdict(NOT, f"{claim.table} has no such number any more")
            else:
                verdict = _as_reported(claim, now, numbers) or claim_verdict(claim, now, then, allowed)
        shown = {"value": now["value"] if now else "", "mcse": now["mcse"] if now else ""}
        yield _row("claim", name, verdict, **shown, reference=then["value"] if then else "")


def _numbers(path: Path) -> Mapping[str, Any]:
    numbers = read_json(path)
    if not (isinstance(numbers, dict) and all(isinstance(one, dict) for one in numbers.values())):
        raise DataError(f"{path}: holds no numbers by name; delete it, and `make report` makes it again.")
    return numbers


def _unsound(claim: Claim, chain: Chain, faults: list[Fault], changed: list[str]) -> Verdict | None:
    """What is wrong with the files that a claim rests on, if anything."""
    if changed:
        return Verdict(CHANGED, f"{changed[0]} is not as it was when the results were made")
    rests = {path for record in chain.upstream([claim.table]) for path in record.written} | {claim.table, NUMBERS}
    for fault in faults:
        if fault.path in rests and fault.kind != OLDER:
            return Verdict(CHANGED if fault.kind == GIVEN else NOT, f"{fault.path}: {fault.kind}, {fault.says}")
    return None


def _as_reported(claim: Claim, now: Mapping, numbers: Mapping) -> Verdict | None:
    """Whether the report has another number than the table."""
    said = numbers.get(claim.number, {}).get("value")
    if not isinstance(said, int | float) or not abs(said - now["value"]) <= claim.tolerance * max(
        abs(now["value"]), 1e-12
    ):
        return Verdict(NOT, f"tables/numbers.json says {said}, {claim.table} {now['value']:.6g}")
    return None


def _hashes(chain: Chain, faults: list[Fault], reference: Path, changed: list[str]) -> Iterator[dict[str, Any]]:
    table = kept(reference, HASHES)
    before = {} if table is None else by_name(table, "name")
    found, alike = by_name(hashed(chain), "name"), rounds_alike(reference)
    broken = {fault.path: fault for fault in faults if fault.kind in BROKEN}
    for name in sorted({*found, *before}):
        now = found.get(name)
        kind = (now or before[name])["kind"]
        if now is None:
            verdict = Verdict(NOT, "the reference has it, and it is not there")
        elif changed:
            verdict = Verdict(CHANGED, f"{changed[0]} is not as it was when the results were made")
        elif name in broken:
            verdict = Verdict(NOT, f"{broken[name].kind}, {broken[name].says}")
        else:
            drawn = kind != "simulated table" and by_draws(chain, name)
            verdict = hash_verdict(now, before.get(name), drawn, rounds_alike=alike)
            if verdict.verdict == DRAWS and kind == "table":
                verdict = _cells(chain.results / name, reference / name)
        yield _row(kind, name, verdict)


def _cells(now: Path, before: Path) -> Verdict:
    if not before.is_file():
        return Verdict(UNKNOWN, f"{before} is not there")
    return table_verdict(now.stem, read_csv(now), read_csv(before))


def _row(what: str, name: str, verdict: Verdict, **more: Any) -> dict[str, Any]:
    said = verdict._replace(reason=printable(verdict.reason))
    return dict.fromkeys(COLUMNS, "") | {"what": what, "name": shown_path(name)} | said._asdict() | more
