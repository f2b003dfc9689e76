"""A Slurm cluster of this one machine: munged, slurmctld and slurmd in a folder of their own, ended afterwards."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
PARTITION = "work"
# Where Slurm's programs look by themselves: the plugin's job steps lose SLURM_CONF.
USUAL = Path("/etc/slurm/slurm.conf")

# No accounting database, no control groups: what runs in a container, too. Jobs see only the processors they are given.
CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CryptoType=crypto/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
KillWait=5
SchedulerParameters=sched_interval=2,batch_sched_delay=1,max_rpc_cnt=0
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=16000 State=UNKNOWN
PartitionName={partition} Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why no cluster can be started here; empty if one can."""
    if lost := [name for name in (*DAEMONS, "sbatch") if program(name) is None]:
        return f"needs Slurm (apt install slurm-wlm munge): no {lost[0]}"
    if USUAL.exists() and not left_behind():
        return f"this machine belongs to a cluster: {USUAL}"
    return "" if os.geteuid() == 0 else "Slurm's daemons need root"


def left_behind() -> bool:
    """Whether the usual configuration is a link that a killed test has left: to a cluster whose controller is gone."""
    pid = USUAL.resolve().with_name("slurmctld.pid")
    return USUAL.is_symlink() and not (pid.is_file() and Path("/proc", pid.read_text().strip()).is_dir())


def program(name: str) -> str | None:
    """Where a program is; daemons are not in everybody's search path."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"]))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass(frozen=True)
class Slurm:
    """A cluster that runs."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What Slurm's programs must find in their environment to talk to this cluster."""
        return {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def ask(self, *command: str) -> str:
        """Run one of Slurm's programs and return what it prints."""
        found = subprocess.run(
            command,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if found.returncode:
            raise RuntimeError(f"{' '.join(command)}: {found.stderr.strip()}")
        return found.stdout

    def jobs(self, state: str = "all") -> list[tuple[str, str]]:
        """Number and comment (Snakemake's rule or group) of each job in a state, the newest last."""
        lines = self.ask("squeue", "--noheader", f"--states={state}", "--sort=i", "--format=%i %k").splitlines()
        return [(number, comment) for number, _, comment in (line.strip().partition(" ") for line in lines)]

    def states(self) -> dict[str, str]:
        """State of every job by its number."""
        lines = self.ask("squeue", "--noheader", "--states=all", "--format=%i %T").splitlines()
        return dict(line.split() for line in lines)


def _wait(what: str, holds, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            said = log.read_text(errors="replace")[-2000:] if log.is_file() else "nothing"
            raise RuntimeError(f"{what}: not after {seconds:.0f} s; {log.name} says: {said}")
        time.sleep(0.2)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Slurm]:
    """Start the three daemons in a folder, yield the cluster when its node is idle, end all of it afterwards.

    Raises
    ------
    FileExistsError
        If another cluster is there.
    """
    folder.mkdir(parents=True)
    for part in ("state", "spool"):
        (folder / part).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    text = CONFIGURATION.format(
        folder=folder, host=socket.gethostname(), port=free_port(), node_port=free_port(), partition=PARTITION
    )
    (folder / "slurm.conf").write_text(text)
    slurm = Slurm(folder)
    USUAL.parent.mkdir(exist_ok=True)
    if left_behind():
        USUAL.unlink()
    USUAL.symlink_to(folder / "slurm.conf")
    munge = {name: folder / f"munge.{name}" for name in ("socket", "pid", "log", "seed")}
    commands = {
        "munged": [
            "--foreground", "--force", f"--key-file={key}", f"--socket={munge['socket']}", f"--pid-file={munge['pid']}",
            f"--log-file={munge['log']}", f"--seed-file={munge['seed']}",
        ],
        "slurmctld": ["-D", "-c"],
        "slurmd": ["-D"],
    }  # fmt: skip
    started: list[subprocess.Popen] = []
    try:
        for name, arguments in commands.items():
            with (folder / f"{name}.out").open("wb") as out:
                process = subprocess.Popen(
                    [program(name), *arguments],
                    env=os.environ | slurm.environment,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                )
            started.append(process)
            if name == "munged":
                _wait("munged listens", munge["socket"].exists, folder / "munged.out")
        _wait("the node is idle", lambda: _idle(slurm), folder / "slurmctld.log")
        yield slurm
    finally:
        with contextlib.suppress(RuntimeError, subprocess.TimeoutExpired):
            for number, _ in slurm.jobs("pending,running"):
                slurm.ask("scancel", number)
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        USUAL.unlink(missing_ok=True)


def _idle(slurm: Slurm) -> bool:
    try:
        return slurm.ask("sinfo", "--noheader", "--format=%T").strip() == "idle"
    except RuntimeError:
        return False
