"""A folder that two standards describe: a Frictionless data package and a Psych-DS data set, over the same CSV files.

- ``datapackage.json``: Data Package, version 1 (specs.frictionlessdata.io), profile tabular-data-package: bytes and
  SHA-256 of each file, a schema with types, ranges and levels, and keys from table to table.
- ``dataset_description.json``: Psych-DS (psychds-docs.readthedocs.io, rules and conventions): name, description and
  `variableMeasured` in the terms of schema.org; CSV files in ``data/``, named by keywords, each with a sidecar.

Nothing is said about author and licence: whose data they are, only the user knows.
"""

import hashlib
import re
from pathlib import Path

from iatrogenesis.core.files import write_json, write_text
from iatrogenesis.own_data.exchange.codebook import Column
from iatrogenesis.own_data.exchange.dataset import DataSet
from iatrogenesis.own_data.exchange.tabular import write_as_csv

TYPES = {
    "text": "string",
    "category": "string",
    "whole number": "integer",
    "number": "number",
    "yes or no": "boolean",
    "date": "date",
}
REFERENCES = (
    ("sessions", "client_id", "clients"),
    ("clients", "therapist_id", "therapists"),
    ("clients", "last_therapist_id", "therapists"),
    ("sessions", "therapist_id", "therapists"),
    ("therapist_weeks", "therapist_id", "therapists"),
)
"""Table, column, and the table in which that column's values are the key."""
NOT_FOR_NAMES = re.compile("[^A-Za-z0-9]")
SCHEMA_ORG = "https://schema.org"


def path_of(data: DataSet, table: str) -> str:
    """Return where a table lies in the package, by Psych-DS's rules: keywords study and description."""
    study, described = (NOT_FOR_NAMES.sub("", name) for name in (data.name, table))
    return f"data/study-{study}_description-{described}_data.csv"


def write_package(data: DataSet, folder: Path) -> list[Path]:
    """Write tables and both descriptions into a folder that exists; return the paths."""
    (folder / "data").mkdir(exist_ok=True)
    paths = []
    for table, columns in data.columns.items():
        paths.append(folder / path_of(data, table))
        write_as_csv(data.tables[table], columns, paths[-1], personal=data.personal)
        paths.append(paths[-1].with_suffix(".json"))
        write_json({"variableMeasured": [_measured(name, [one]) for name, one in columns.items()]}, paths[-1])
    for name, content in {
        "datapackage.json": _package(data, folder),
        "dataset_description.json": _described(data),
    }.items():
        paths.append(folder / name)
        write_json(content, paths[-1])
    paths.append(folder / "README.md")
    write_text(_readme(data), paths[-1])
    return paths


def _package(data: DataSet, folder: Path) -> dict:
    return {
        "profile": "tabular-data-package",
        "name": data.name.replace("_", "-").lower(),
        "title": data.title,
        "description": data.description,
        "resources": [_resource(data, table, folder) for table in data.tables],
    }


def _resource(data: DataSet, table: str, folder: Path) -> dict:
    content = (folder / path_of(data, table)).read_bytes()
    key = data.keys(table)
    schema = {"fields": [_field(name, one, key) for name, one in data.columns[table].items()], "missingValues": [""]}
    references = [
        {"fields": [column], "reference": {"resource": other.replace("_", "-"), "fields": [f"{other[:-1]}_id"]}}
        for own, column, other in REFERENCES
        if own == table and column in data.tables[table] and other in data.tables and data.keys(other)
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.replace("_", "-"),
        "path": path_of(data, table),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema
        | ({"primaryKey": list(key)} if key else {})
        | ({"foreignKeys": references} if references else {}),
    }


def _field(name: str, column: Column, key: tuple[str, ...]) -> dict:
    low_high = dict(zip(("minimum", "maximum"), column.range, strict=True)) if column.range else {}
    if column.type == "whole number":
        low_high = {name: int(value) for name, value in low_high.items()}
    limits = low_high | ({"enum": list(column.levels)} if column.levels else {})
    limits |= {"required": True} if name in key else {}
    limits |= {"unique": True} if key == (name,) else {}
    field = {"name": name, "type": TYPES[column.type], "title": column.label}
    field |= {"unit": column.unit} if column.unit else {}
    return field | ({"constraints": limits} if limits else {})


def _described(data: DataSet) -> dict:
    """Psych-DS's description of the whole: every column of every table, once."""
    meanings: dict[str, list[Column]] = {}
    for columns in data.columns.values():
        for name, column in columns.items():
            meanings.setdefault(name, []).append(column)
    return {
        "@context": SCHEMA_ORG,
        "@type": "Dataset",
        "name": data.title,
        "description": data.description,
        "variableMeasured": [_measured(name, columns) for name, columns in meanings.items()],
    }


def _measured(name: str, columns: list[Column]) -> dict:
    """One column in schema.org's terms; where tables mean different things by it, all that they mean."""
    first = columns[0]
    text = "; or: ".join(dict.fromkeys(column.label for column in columns))
    if first.levels:
        text += f". One of: {'; '.join(first.levels)}"
    found: dict[str, object] = {"@type": "PropertyValue", "name": name, "description": text}
    if first.unit:
        found["unitText"] = first.unit
    if first.range:
        found |= dict(zip(("minValue", "maxValue"), first.range, strict=True))
    return found


def _readme(data: DataSet) -> str:
    def row(name: str, column: Column) -> str:
        return f"| {name} | {column.label} | {column.type} | {column.unit or ''} |"

    parts = [f"# {data.title}\n", f"{data.description}\n"]
    for table, columns in data.columns.items():
        parts += [
            f"## {table}\n",
            f"`{path_of(data, table)}`\n",
            "| column | meaning | type | unit |",
            "|---|---|---|---|",
        ]
        parts += [row(name, column) for name, column in columns.items()]
        parts.append("")
    return "\n".join(parts)
