"""The profiles' own validator, without a network."""

import json
import shutil
from pathlib import Path

import requests
import rocrate
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate
from rocrate_validator.utils.http import HttpRequester

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
TERMS_OF_1_1 = {
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
    "output": "https://bioschemas.org/ComputationalWorkflow#output",
}
"""Where version 1.1 differs from 1.3, which the library brings, in terms that are used here."""


def faults_of_crate(folder: Path, cache: Path, monkeypatch) -> list[str]:
    """What the crate in a folder lacks of what its profiles require."""
    shipped = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8"))
    shipped["@context"] |= TERMS_OF_1_1
    asked = []

    def get(self, url, **_):
        asked.append(url)
        response = requests.Response()
        response.url, response.status_code = url, 200 if url == CONTEXT else 404
        response.headers["Content-Type"] = "application/ld+json"
        response._content = json.dumps(shipped).encode() if url == CONTEXT else b""
        return response

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)  # it hands on what it has not
    # The validator makes the folder's path an address and does not quote it, so no space may be in it.
    copy = shutil.copytree(folder, cache.parent / "crate")
    found = validate(
        ValidationSettings(
            rocrate_uri=str(copy),
            profile_identifier="provenance-run-crate",
            requirement_severity=Severity.REQUIRED,
            offline=True,
            cache_path=cache,
        )
    )
    assert set(asked) == {CONTEXT}, "the validator asked for more than the vocabulary"
    return sorted(str(issue.message) for issue in found.get_issues())
