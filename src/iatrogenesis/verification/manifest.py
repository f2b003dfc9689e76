"""The list of a study's results with their checksums, and by which rule, code, parameters and inputs each was made."""

from collections.abc import Sequence
from pathlib import Path

from iatrogenesis.core.files import write_rows, write_text
from iatrogenesis.verification.chain import ADDED, ALTERED, FED, MISSING, UNKNOWN, Chain, Fault
from iatrogenesis.verification.lists import LEFT_OVER, MANIFEST, lines, writable
from iatrogenesis.verification.records import FOLDER, Hashes, hash_of, sha256

COLUMNS = ("path", "bytes", "sha256", "rule", "code", "params", "inputs", LEFT_OVER)


class AlteredResults(RuntimeError):
    """Files that are not what the workflow made."""


def write_manifest(chain: Chain, sums: Path, manifest: Path, recorded: bool = True) -> None:
    """Write ``manifest.csv``, and ``SHA256SUMS``, which ``sha256sum -c`` reads.

    ``recorded``: whether jobs could leave records here; where each works on copies from a storage, they cannot, and
    nothing is held to them.

    Raises
    ------
    AlteredResults
        If a file is not what its rule wrote, or was made from something else; it says what to do.
    """
    broken = [fault for fault in chain.faults() if fault.kind != ADDED] if recorded else []
    if broken:
        causes_first = sorted(broken, key=lambda fault: fault.kind == FED)
        raise AlteredResults(advice(causes_first, chain.results))
    named = writable(chain.now)  # another is nothing of ours, and stays out of the list
    now = {path: value for path, value in chain.now.items() if path in named and path != MANIFEST}
    made = chain.targets.union(*([*record.written, *record.read] for record in chain.current))
    write_rows([_row(chain, path, value, path in made) for path, value in now.items()], manifest)
    write_text(lines(now | {MANIFEST: sha256(manifest)}), sums)


def _row(chain: Chain, path: str, value: str, made: bool) -> dict[str, object]:
    maker = chain.makers.get(path)
    about = ["", "", "", ""]
    if maker is not None:
        about = [maker.rule, hash_of(maker.code), maker.params, hash_of(maker.read | maker.given)]
    size = (chain.results / path).stat().st_size
    left = "" if made or path.startswith(f"{FOLDER}/") else "yes"
    return dict(zip(COLUMNS, (path, size, value, *about, left), strict=True))


def against_sums(now: Hashes, sums: Hashes) -> list[Fault]:
    """Files that are not as ``SHA256SUMS`` lists them."""
    found = [Fault(path, MISSING, "", "SHA256SUMS lists it") for path in sums.keys() - now.keys()]
    found += [Fault(path, ADDED, "", "SHA256SUMS does not list it") for path in now.keys() - sums.keys()]
    found += [
        Fault(path, ALTERED, "", "it is not what SHA256SUMS lists")
        for path in now.keys() & sums.keys()
        if now[path] != sums[path]
    ]
    return sorted(found)


def advice(faults: Sequence[Fault], results: Path, shown: int = 10) -> str:
    """What does not fit, and the commands that make it again."""
    said = [f"{results / fault.path}: {fault.kind} ({fault.says})" for fault in faults[:shown]]
    if len(faults) > shown:
        said.append(f"and {len(faults) - shown} more")
    if sum(fault.kind == UNKNOWN for fault in faults) > shown:
        said.append(f"`make report STUDY={results.name} ARGS=--forceall` makes everything again, with records")
    else:
        again = " ".join(dict.fromkeys(str(results / fault.path) for fault in faults[:shown]))
        said.append(
            f"`make report STUDY={results.name}` makes them again, as would Snakemake with `--forcerun {again}`"
        )
    return "\n".join(said)
