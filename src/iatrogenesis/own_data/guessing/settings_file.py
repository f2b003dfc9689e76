"""Write a guess as a settings file: what was found, why, what else it could be, and what was left out."""

from io import StringIO
from pathlib import Path
from typing import Any

from iatrogenesis.core.files import write_text
from iatrogenesis.own_data.settings import Columns

TOP = """Settings of an analysis of your own data. Look through all of it: the columns were guessed from their
names and values. Then: iatrogenesis check THIS_FILE, and iatrogenesis analyse THIS_FILE.
What begins with # is a comment, and can be removed; what is commented out can be used by removing the #.
"""
ASKED = {
    "client": "id of the client; compulsory",
    "therapist": "id or code of the therapist; compulsory",
    "unit": "therapist or service; compulsory",
    "n": "finished courses; compulsory",
    "events": "how many of them deteriorated; compulsory",
}
REST = """
# outcome:
#   instruments: [phq9, gad7]     # by which deterioration is judged; all with first and last scores, if not named
#   finished_sessions: 2          # sessions from which a course can be judged

# privacy:
#   anonymise: true               # therapists get codes; the key is written beside this file, never into results
#   small_numbers: nhs            # counts below 5 are left out, others rounded to 5

# analysis:
#   attribution: most_contacts    # or last, or membership: for courses with several therapists
#   false_discovery_rate: 0.1     # of flagged therapists
"""


def write_settings(guessed: dict[str, Any], path: Path) -> None:
    """Write the settings file; its comments name columns, but no values of cells."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.width = 4096  # names are never broken
    writer.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    writer.dump(_settings(guessed, path.resolve().parent), out)
    text = out.getvalue()
    if asked := "\n".join(f"#   {line}" for line in _lacking(guessed)):
        text = text.replace("columns: {}", f"columns: {{}}  # instead of {{}}, lines such as:\n{asked}")
    write_text(text.rstrip() + "\n" + _left_out(guessed) + _unknown(guessed) + REST, path)


def _settings(guessed: dict[str, Any], folder: Path) -> Any:
    from ruamel.yaml.comments import CommentedMap

    settings = CommentedMap()
    settings["name"] = guessed["name"]
    settings.yaml_set_start_comment(TOP)
    settings.yaml_add_eol_comment("results go to results/<name>/", "name", column=0)
    settings["data"] = _data(guessed, folder)
    notes = "\n".join(_one_line(note) for note in guessed["notes"])
    settings.yaml_set_comment_before_after_key("data", before=f"\nWhat was found:\n{notes}" if notes else "\n")
    settings["columns"] = _columns(guessed)
    text = "Left side: what it is; right side: what the column is called in the file."
    settings.yaml_set_comment_before_after_key("columns", before=f"\n{text}")
    if guessed["own"]:
        settings["instruments"] = {key: dict(values) for key, values in guessed["own"].items()}
        settings.yaml_set_comment_before_after_key(
            "instruments", before="\nCORE-OM stands as the mean of its items, 0 to 4: a tenth of the clinical score."
        )
    return settings


def _data(guessed: dict[str, Any], folder: Path) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

    data = CommentedMap()
    kinds = {
        "clients": "one row per course",
        "sessions": "one row per session",
        "counts": "one row per unit and period",
    }
    for kind, place in guessed["files"].items():
        if kind == "nhs":
            data["nhs"] = {
                table: [_relative(p, folder) for p in found] if isinstance(found, list) else _relative(found, folder)
                for table, found in place.items()
            }
        else:
            data[kind] = _relative(place, folder)
            data.yaml_add_eol_comment(kinds[kind], kind, column=0)
    codes = guessed["missing"]["codes"]
    if codes and guessed["missing"]["sure"]:
        data["missing"] = CommentedSeq([Quoted(code) for code in codes])
        data["missing"].fa.set_flow_style()
        data.yaml_add_eol_comment("outside of the questionnaires' range: taken as missing", "missing", column=0)
    elif codes:
        last = list(data)[-1]
        text = f"missing: [{', '.join(codes)}]   are these codes for missing? Other columns hold such numbers, too"
        data.yaml_set_comment_before_after_key(last, before=text, indent=2)
    return data


def _columns(guessed: dict[str, Any]) -> Any:
    from ruamel.yaml.comments import CommentedMap

    columns = CommentedMap()
    fields = guessed["fields"]
    several = len(guessed["files"]) > 1
    for field in Columns.model_fields:
        inner = {place.partition(".")[2]: entry for place, entry in fields.items() if place.startswith(f"{field}.")}
        if field in fields:
            columns[field] = fields[field]["column"]
            columns.yaml_add_eol_comment(_why(fields[field], several), field, column=0)
        elif inner:
            columns[field] = CommentedMap()
            for key, entry in inner.items():
                columns[field][key] = entry["column"]
                columns[field].yaml_add_eol_comment(_why(entry, several), key, column=0)
    lacking = _lacking(guessed)
    if lacking and columns:
        columns.yaml_set_comment_before_after_key(next(iter(columns)), before="\n".join(lacking), indent=2)
    return columns


def _lacking(guessed: dict[str, Any]) -> list[str]:
    """Return a line for each compulsory field that could not be guessed."""
    if "nhs" in guessed["files"]:
        return []
    wanted = ("unit", "n", "events") if "counts" in guessed["files"] else ("client", "therapist")
    return [
        f"{field}: ???   {ASKED[field]}; could not be guessed" for field in wanted if field not in guessed["fields"]
    ]


def _why(entry: dict[str, Any], several: bool) -> str:
    where = f"{entry['table']}: " if several else ""
    others = f"; or: {', '.join(map(_one_line, entry['others']))}" if entry["others"] else ""
    return _one_line(f"{where}{entry['why']}{others}")


def _left_out(guessed: dict[str, Any]) -> str:
    if not guessed["left_out"]:
        return ""
    several = len(guessed["files"]) > 1
    lines = [
        f"#   {_one_line(column)}{f' ({table})' if several else ''}: {why}"
        for table, column, why in guessed["left_out"]
    ]
    return "\n# Left out:\n" + "\n".join(lines) + "\n"


def _unknown(guessed: dict[str, Any]) -> str:
    parts = []
    for key, found in guessed["unknown"].items():
        low, high = found["range"]
        names = ", ".join(map(_one_line, found["columns"]))
        parts.append(
            f"\n# Instrument {key} is not in the catalogue. To use {names},\n"
            f"# describe it, and name its columns in columns.first.{key} and columns.last.{key}.\n"
            f"# Values here: {low:g} to {high:g}.\n"
            f"# instruments:\n#   {key}:\n#     name: {key.upper()}\n#     minimum: 0\n#     maximum: {high:g}\n"
            "#     reliability: 0.9        # from its manual; or reliable_change in points\n"
            "#     higher_is: worse        # or better\n"
        )
    return "".join(parts)


def _relative(path: Path, folder: Path) -> str:
    """Return the path as seen from the settings file, if the file lies in its folder or below; else the whole."""
    whole = path.resolve()
    return (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()


def _one_line(text: str) -> str:
    return " ".join(text.split())
