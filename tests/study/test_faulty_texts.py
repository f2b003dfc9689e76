"""Texts that would break a line, hide a letter or run in a spreadsheet, names of files that do, and many faults."""

import os
import re
import shutil
from pathlib import Path

import pytest

from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG
from tests.study.test_faulty import RESTED, changed, kinds, said_of


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


# A file of config/, what is done to it, and what is said.
TEXTS = {
    "a title of two lines": (
        RESTED,
        changed("title", value="a\nb"),
        r"title: one line of .* U\+000A \(a control letter",
    ),
    "a title turned round": (RESTED, changed("title", value="a\u202eb"), r"title: .* U\+202E \(RIGHT-TO-LEFT OVERRIDE"),
    "a title that rings": (RESTED, changed("title", value="a\x07b"), r"title: .* U\+0007 \(a control letter\)"),
    "a title that is a formula": (RESTED, changed("title", value="=cmd|' /C calc'!A0"), "title: what begins with = is"),
    "a title that is a formula after a blank": (
        RESTED,
        changed("title", value=" @SUM(A1)"),
        "title: what begins with @",
    ),
    "a question of two lines": (
        RESTED,
        changed("question", value="a\u2028b"),
        r"question: .* U\+2028 \(LINE SEPARATOR",
    ),
    "a label that hides a letter": (
        *("words/en.yaml", changed("preventions", "repair", "label", value="a\u200bb")),
        r"repair\.label: .* U\+200B \(ZERO WIDTH SPACE\)",
    ),
    "a note that is turned round": (
        *("scenarios/routine_care.yaml", changed("world", "burnout", "mean", "note", value="a\u202eb")),
        r"world\.burnout\.mean\.note: .* U\+202E",
    ),
    "a kind of client of two lines": (
        *("scenarios/routine_care.yaml", changed("world", "client", "age_shares", "value", value={"18-25\n": 1.0})),
        r"world\.client\.age_shares\.value\.'18-25\\n'.*: .* U\+000A",
    ),
    "a questionnaire named like a formula": (
        "instruments.yaml",
        changed("phq9", "name", value="+1"),
        "name: what begins",
    ),
    "a scenario that is a pipe": (RESTED, pipe, "this is no file, but a pipe or a device"),
}


@pytest.mark.parametrize(("file", "change", "words"), kinds(TEXTS))
def test_a_faulty_text_says_in_one_line_where_and_why(tmp_path, file, change, words):
    config = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    change(config / file)
    said = said_of(config / "tiny.yaml", config)
    assert said.startswith(f"{config / file}: ") and re.search(words, said), said


@pytest.mark.trial(kind="refused", what="a study of ten thousand unknown fields")
def test_of_many_faults_some_are_said(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nbased_on: tiny\n" + "".join(f"k{n}: 1\n" for n in range(10_000)))
    with pytest.raises(ConfigError) as error:
        load_study(path, CONFIG)
    lines = str(error.value).splitlines()
    assert len(lines) <= 21 and lines[-1] == f"and {10_000 - len(lines) + 1:,} more faults"


@pytest.mark.parametrize("text", ["sede: 1", "seed: [", "__use_yte__: 1", "", "x", "based_on: nowhere"])
@pytest.mark.trial(kind="refused", what="a study whose file's name has a line break")
def test_a_name_of_two_lines_does_not_split_the_error(tmp_path, text):
    path = tmp_path / "mi\nne\u202e.yaml"
    path.write_text(f"name: mine\n{'' if 'based_on' in text else 'based_on: tiny'}\n{text}\n" if text else "")
    said = said_of(path, CONFIG)
    assert said.startswith(f"{str(path)!r}: ")


@pytest.mark.trial(kind="refused", what="a study that is a pipe")
def test_a_pipe_is_not_called_a_folder(tmp_path):
    os.mkfifo(tmp_path / "mine.yaml")
    assert "no file, but a pipe or a device" in said_of(tmp_path / "mine.yaml", CONFIG)
