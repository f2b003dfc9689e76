"""Profiles: enough memory for what was measured, rules that exist, few jobs of a cluster, and the clouds' dry runs."""

import math
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import ROOT, plan, snakemake

PROFILES = ROOT / "workflow" / "profiles"
CLOUDS = ("kubernetes", "google-batch", "aws-batch")
PLUGINS = {
    "executor": ("kubernetes", "googlebatch", "aws-batch"),
    "storage": ("s3", "gcs", "fs"),
}
COMMON = ("group-components", "resources", "set-resource-scopes", "default-resources", "set-resources", "retries")
LOOPED = {"study_batch": "study_batch_fast", "fit": "fit_collapsed"}
SNAKEMAKE_MB = 400  # it runs twice around each job


def profile(name: str) -> dict:
    return yaml.safe_load((PROFILES / name / "profile.yaml").read_text(encoding="utf-8"))


def megabytes(rule: str, attempt: int = 1) -> int:
    own = profile("slurm")
    asked = own["set-resources"].get(LOOPED.get(rule, rule), {}).get("mem_mb", own["default-resources"]["mem_mb"])
    factor, times = asked.split(" * ")
    assert times == "attempt"
    return int(factor) * attempt


def test_memory_is_enough_for_what_was_measured():
    measured = pd.read_csv(ROOT / "results" / "reference" / "cost.csv").set_index("rule")["max_rss_mb"]
    for rule, most in measured.items():
        assert 1.25 * most + SNAKEMAKE_MB <= megabytes(rule), rule
        assert megabytes(rule, 2) == 2 * megabytes(rule)


@pytest.mark.parametrize("name", CLOUDS)
def test_clouds_ask_for_the_same_as_slurm(name):
    slurm, other = profile("slurm"), profile(name)
    assert {key: slurm[key] for key in COMMON} == {key: other[key] for key in COMMON}
    assert "example" in other["default-storage-prefix"]  # nobody's bucket


@pytest.fixture(scope="module")
def planned(project) -> dict[str, str]:
    """What a dry run says that Slurm would be given."""
    told = {}
    for study in ("tiny", "full"):
        options = ("-n", "--forceall", "--profile", str(PROFILES / "slurm"), "--config", f"study={study}")
        found = plan(project, *options)
        assert found.returncode == 0, found.stdout + found.stderr
        told[study] = found.stdout + found.stderr
    return told


def jobs_of(told: str) -> tuple[Counter, int]:
    """Jobs of a cluster: by group, and outside of groups."""
    groups = Counter(re.findall(r"Group job (\w+) \(", told))
    return groups, len(re.findall(r"^Job \d+:", told, re.MULTILINE))


def test_a_thousand_replicates_are_tens_of_jobs(planned, full_study):
    groups, alone = jobs_of(planned["full"])
    together = {line.split("=")[0]: int(line.split("=")[1]) for line in profile("slurm")["group-components"]}
    assert groups["batches"] == math.ceil(len(full_study.batches) / together["batches"])
    assert groups["truths"] == math.ceil(len(full_study.cells) / together["truths"])
    assert groups["figures"] == groups["pages"] == groups["tables"] == groups["simulated"] == groups["explorer"] == 1
    data_sets = sum(len(batch.replicates) for batch in full_study.batches)
    assert groups["batches"] < 100 < data_sets / 400
    text = " ".join((ROOT / "docs" / "cluster.md").read_text(encoding="utf-8").split())
    said = re.search(
        r"study's (\d+) jobs or so are about (\d+) of the cluster, its (\d+) batches .* data sets (\d+) of", text
    )
    jobs, whole, batches, grouped = map(int, said.groups())
    assert jobs == pytest.approx(int(re.search(r"^total +(\d+)$", planned["full"], re.MULTILINE)[1]), abs=10)
    assert whole == pytest.approx(groups.total() + alone, abs=5)
    assert (batches, grouped) == (len(full_study.batches), groups["batches"])


@pytest.fixture(scope="module")
def full_study():
    from iatrogenesis.study.study import load_study

    return load_study(ROOT / "config" / "full.yaml", ROOT / "config")


def test_rules_that_are_given_resources_exist(planned):
    rules = set(re.findall(r"^(\w+) +\d+$", planned["full"], re.MULTILINE))
    assert set(profile("slurm")["set-resources"]) <= rules
    tiny, _ = jobs_of(planned["tiny"])
    assert set(tiny) == {line.split("=")[0] for line in profile("slurm")["group-components"]}


# The clouds' plugins are no dependencies: they are installed into a folder for these tests.


@pytest.fixture(scope="module")
def plugins(tmp_path_factory) -> Path:
    """Folder with the plugins, as the package index has them now."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip("needs uv, to install Snakemake's plugins for clouds")
    folder = tmp_path_factory.mktemp("plugins")
    names = [f"snakemake-{kind}-plugin-{name}" for kind, some in PLUGINS.items() for name in some]
    command = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder), *names]
    found = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if found.returncode:
        pytest.skip(f"Snakemake's plugins for clouds cannot be installed: {found.stderr.strip()[-200:]}")
    return folder


class EmptyBucket(BaseHTTPRequestHandler):
    """An object store that has a bucket with nothing in it: enough for a dry run."""

    def do_HEAD(self) -> None:
        self._answer("")

    def do_GET(self) -> None:
        listing = '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
        self._answer(listing if "s3" in self.server.kind else '{"kind": "storage#objects"}')

    def _answer(self, text: str) -> None:
        path = self.path.partition("?")[0].strip("/").removeprefix("storage/v1/")
        bucket = path in ("example-bucket", "b/example-bucket", "b/example-bucket/o")
        self.send_response(200 if bucket else 404)
        self.send_header("Content-Length", str(len(text.encode()) if bucket else 0))
        self.send_header("Content-Type", "application/xml" if "s3" in self.server.kind else "application/json")
        self.end_headers()
        self.server.asked.append(self.path)
        if bucket:
            self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket(request) -> Iterator[ThreadingHTTPServer]:
    """A bucket on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyBucket)
    server.asked, server.kind = [], request.param
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.cluster
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "bucket"),
    [("kubernetes", "s3"), ("aws-batch", "s3"), ("google-batch", "gcs")],
    indirect=["bucket"],
)
def test_a_dry_run_with_the_plugins_of_a_cloud(project, plugins, bucket, name, monkeypatch):
    """One chain of jobs: each result is asked for in the bucket, which takes long for the whole study."""
    address = f"http://127.0.0.1:{bucket.server_port}"
    monkeypatch.setenv("PYTHONPATH", str(plugins))
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GOOGLE_CLOUD_PROJECT"):
        monkeypatch.setenv(variable, "nobody")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    own = ("--storage-s3-endpoint-url", address) if bucket.kind == "s3" else ()
    target = "results/tiny/tables/diagnostics.csv"
    options = ("-n", "--profile", str(PROFILES / name), *own, "--config", "study=tiny")
    found = snakemake(project, *options, "--", target, timeout=900)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    for rule in ("simulate", "simulate_known_truth", "fit_collapsed", "diagnostics"):
        assert re.search(rf"^{rule} +1$", found.stdout + found.stderr, re.MULTILINE)
    assert any(target.replace("/", slash) in asked for asked in bucket.asked for slash in ("/", "%2F"))


@pytest.mark.cluster
@pytest.mark.slow
def test_scripts_find_their_files_where_results_are_in_a_storage(fresh, plugins, tmp_path, monkeypatch, finished):
    """They are given local copies, which are deleted afterwards: nothing may be read but what was declared."""
    if shutil.which("rsync") is None:
        pytest.skip("needs rsync (apt package), by which the storage plugin fs copies")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(plugins), os.environ.get("PYTHONPATH", "")]))
    wanted = ["tables/diagnostics.csv", "planner.html"]
    storage = ("--default-storage-provider", "fs", "--default-storage-prefix", str(tmp_path / "bucket"))
    targets = [f"results/tiny/{name}" for name in wanted]
    found = snakemake(fresh, "--cores", "2", *storage, "--config", "study=tiny", "--", *targets)
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-3000:]
    made = tmp_path / "bucket" / "results" / "tiny"
    for name in ("tables/diagnostics.csv", "simulated/known/clients.parquet"):
        assert (made / name).read_bytes() == (finished / "results" / "tiny" / name).read_bytes()
    for name in wanted:
        assert (made / name).stat().st_size > 0
        assert not (fresh / "results" / "tiny" / name).exists()
