"""Write for each claim of the report a script that works its number out again."""

import json
from pathlib import Path

from iatrogenesis.core.claims import Claims
from iatrogenesis.core.files import write_text
from iatrogenesis.verification.records import recorded
from iatrogenesis.verification.standalone import script_of


def main(claims: dict[str, dict], numbers: str, folder: str) -> None:
    """One script a claim, of those that the study makes."""
    known = json.loads(Path(numbers).read_text(encoding="utf-8"))
    Path(folder).mkdir(exist_ok=True)
    for name, claim in Claims.model_validate(claims).root.items():
        if claim.number in known:
            write_text(script_of(claim), Path(folder, f"{name}.py"))


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            claims=snakemake.params.claims,
            numbers=snakemake.input.numbers,
            folder=snakemake.output.folder,
        )
