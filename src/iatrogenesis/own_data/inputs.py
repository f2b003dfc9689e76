"""Which files an analysis reads, and their fingerprints."""

import hashlib
from pathlib import Path

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.own_data.settings import OwnData


def data_files(settings: OwnData, folder: Path) -> list[Path]:
    """Return the files that the settings name, in their order, each once.

    Parameters
    ----------
    folder
        Where the settings lie: what their paths are relative to.
    """
    data, nhs = settings.data, settings.data.nhs
    named = [data.clients, data.sessions, data.counts]
    if nhs is not None:
        named += [nhs.referrals, nhs.contacts, nhs.activities, *nhs.scores, nhs.workforce]
    return list(dict.fromkeys(folder / path for path in named if path is not None))


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def catalogue(config: Path) -> Instruments:
    """Return the instruments of the folder `config/`."""
    return Instruments.model_validate(read_yaml(config / "instruments.yaml"))
