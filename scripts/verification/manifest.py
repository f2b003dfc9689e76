"""List every result with its checksum, if all fit together."""

from pathlib import Path

from iatrogenesis.verification.chain import Chain
from iatrogenesis.verification.manifest import AlteredResults, write_manifest
from iatrogenesis.verification.records import recorded


def main(targets: list[str], sums: str, manifest: str) -> None:
    """Write both lists, or say which file does not fit and how it is made again."""
    results = Path(sums).parent
    chain = Chain(results, [str(Path(path).relative_to(results)) for path in targets])
    try:
        write_manifest(chain, Path(sums), Path(manifest))
    except AlteredResults as error:
        raise SystemExit(f"{results}: altered since the workflow made them:\n{error}") from None
    print(f"{len(chain.now)} files", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            targets=list(snakemake.input.results),
            sums=snakemake.output.sums,
            manifest=snakemake.output.manifest,
        )
