"""List every result with its checksum, if all fit together."""

from pathlib import Path

from iatrogenesis.verification.chain import Chain
from iatrogenesis.verification.manifest import AlteredResults, write_manifest
from iatrogenesis.verification.records import STAMP, recorded


def main(targets: list[str], kept: bool, sums: str, manifest: str) -> None:
    """Write both lists, or say which file does not fit and how it is made again."""
    results = Path(sums).parent
    files = [file for path in map(Path, targets) for file in (path.rglob("*") if path.is_dir() else [path])]
    chain = Chain(results, [str(file.relative_to(results)) for file in files if file.name != STAMP])
    try:
        write_manifest(chain, Path(sums), Path(manifest), kept)
    except AlteredResults as error:
        raise SystemExit(f"{results}: altered since the workflow made them:\n{error}") from None
    print(f"{len(chain.now)} files", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            targets=[*snakemake.input.results, snakemake.input.recompute],
            kept=snakemake.params.kept,
            sums=snakemake.output.sums,
            manifest=snakemake.output.manifest,
        )
