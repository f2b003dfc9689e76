"""``python -m iatrogenesis.verification STUDY``: a verdict for each claim of a finished study, in seconds.

Writes ``verification.html`` and ``verification.csv`` beside the results. Exit codes: 0, everything is reproduced or
within Monte Carlo error, and all files fit together; 1, something is not, or there are no results; 2, nothing is
wrong, but something cannot be compared with the reference, because configuration, data or the lock are others, none is
kept, or a file cannot be read.
"""

import sys
from collections import Counter
from pathlib import Path

from iatrogenesis.core.files import write_csv, write_text
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.results_folder import check_folder
from iatrogenesis.study.study import find_study
from iatrogenesis.verification.page import verification_page
from iatrogenesis.verification.verify import NotFinished, Verification, verify

SHOWN = 20


def main(chosen: str) -> int:
    """Verify a study, which is named or given as a file, where the workflow runs; return the exit code."""
    try:
        study = find_study({"study": chosen}, Path("config"))
        check_folder(study.name, Path("results"))
        results, reference = Path("results", study.name), Path("results", "reference", study.name)
        found = verify(study, results, reference, Path())
    except (ConfigError, NotFinished) as error:
        print(error, file=sys.stderr)
        return 1
    except (DataError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    write_csv(found.table(), results / "verification.csv")
    write_text(verification_page(found, study.claims, results, reference), results / "verification.html")
    tell(found)
    print(f"Open {results / 'verification.html'}")
    return found.code


def tell(found: Verification) -> None:
    """Print what does not fit, and how many of each kind have which verdict."""
    table = found.table()
    wrong = table[(table["what"] == "file") | ~table["verdict"].isin(["reproduced", "within Monte Carlo error"])]
    for row in wrong.head(SHOWN).itertuples():
        print(f"{row.what} {row.name}: {row.verdict}{f' ({row.reason})' if row.reason else ''}")
    if len(wrong) > SHOWN:
        print(f"and {len(wrong) - SHOWN} more")
    for (what, verdict), number in Counter((row["what"], row["verdict"]) for row in found.rows).items():
        print(f"{number} x {what}: {verdict}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
