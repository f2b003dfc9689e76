"""Atheris looks for files that readers stumble over, led by which of our lines an input reaches.

Run as ``python -m tests.fuzz.by_coverage INPUTS [SEED]``; it ends with 0 if every input was read or refused in words.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["iatrogenesis.own_data.reading", "iatrogenesis.core.yaml_text"]):
    from tests.fuzz.readers import ENDINGS, seeds, tried


def main(inputs: int, seed: int = 1) -> None:
    """Try so many inputs; the first byte of an input chooses the kind of file."""
    folder = Path(tempfile.mkdtemp())
    (folder / "corpus").mkdir()
    for number, content in enumerate(seeds(folder).values()):
        (folder / "corpus" / str(number)).write_bytes(bytes([number]) + content)

    def one(content: bytes) -> None:
        if content:
            tried(content[1:], ENDINGS[content[0] % len(ENDINGS)], folder)

    options = [f"-runs={inputs}", "-max_len=20000", f"-seed={seed}", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *options, str(folder / "corpus")], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
