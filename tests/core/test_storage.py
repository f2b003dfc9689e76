"""A file that cannot be written is named, with the reason, and with what to do."""

import errno
import os
import stat
from collections import namedtuple

import pytest

from iatrogenesis.core.files import replacing
from iatrogenesis.core.running import hold
from iatrogenesis.core.storage import WriteError, full, reason

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def no_space(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**9, 10**9, 0))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, r"the disk is full \([\d]+\.\d MB free in .*Make room there, then give the same command again"),
        (errno.EDQUOT, "your quota on this disk is used up"),
        (errno.EROFS, r"is read-only\. Mount it for writing, or have results elsewhere"),
        (errno.EACCES, r"user \d+ may not write to .*Ask its owner"),
    ],
)
def test_each_reason_is_told(tmp_path, number, said):
    path = tmp_path / "clients.parquet"
    with pytest.raises(WriteError, match=said) as refused, replacing(path):
        raise OSError(number, os.strerror(number))
    assert str(refused.value).startswith(f"{path} was not written: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("no_space")
def test_a_run_does_not_begin_on_a_full_disk(tmp_path):
    with pytest.raises(WriteError, match=r"The disk is full \(0\.0 MB free in .*Make room there"):
        hold(tmp_path / "results")
    assert full(tmp_path / "results" / "not" / "there").startswith("The disk is full")


def test_room_is_no_reason_to_say_anything(tmp_path):
    assert full(tmp_path, 1) is None


@pytest.mark.usefixtures("no_space")
@pytest.mark.parametrize("error", [RuntimeError("Can't write data"), OSError("HDF5 has no number")])
def test_libraries_that_hide_the_reason_are_seen_through(tmp_path, error):
    with pytest.raises(WriteError, match="the disk is full"), replacing(tmp_path / "posterior.nc"):
        raise error


@pytest.mark.usefixtures("no_space")
def test_an_error_of_the_content_is_no_matter_of_space(tmp_path):
    assert reason(tmp_path / "a", ValueError("no rows")) is None


def test_other_errors_stay_as_they_are(tmp_path):
    with pytest.raises(OSError, match=r"^broken$"), replacing(tmp_path / "a"):
        raise OSError("broken")


def test_content_and_name_are_on_the_disk_before_it_counts(tmp_path, monkeypatch):
    seen, sync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (seen.append(os.fstat(file).st_ino), sync(file)))
    monkeypatch.setattr(os, "replace", lambda old, new: (seen.append("replace"), replace(old, new)))
    path = tmp_path / "a"
    with replacing(path) as temporary:
        temporary.write_text("x", encoding="utf-8")
    assert seen == [path.stat().st_ino, "replace", tmp_path.stat().st_ino]


def test_a_folder_whose_names_cannot_be_flushed_is_written_to_all_the_same(tmp_path, monkeypatch):
    def files_only(file, sync=os.fsync):
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(file)

    monkeypatch.setattr(os, "fsync", files_only)
    with replacing(tmp_path / "a") as temporary:
        temporary.write_text("x", encoding="utf-8")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "x"
