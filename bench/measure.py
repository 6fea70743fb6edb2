"""Runs programs and keeps what came of them."""

import dataclasses
import hashlib
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = HERE / ".cache"
PROGRAM = ROOT / "target" / "release" / "groundwork"


@dataclasses.dataclass(frozen=True)
class Used:
    """What one run of a program used, and how it ended."""

    rc: int
    killed: bool
    wall: float
    cpu: float
    peak: int
    err: str


def run(command, seconds, out, memory=0, env=None):
    """Runs the command with stdout to the file `out`; kills it after so many seconds."""
    err = pathlib.Path(f"{out}.err")
    watcher = [sys.executable, "-I", "-S", str(HERE / "child.py"), str(seconds), str(memory), str(out), str(err), "--"]
    process = subprocess.Popen(
        [*watcher, *map(str, command)], stdout=subprocess.PIPE, text=True, env=env, start_new_session=True
    )
    try:
        said, _ = process.communicate()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    shown = err.read_text("utf-8", "replace")[-2000:] if err.exists() else ""
    err.unlink(missing_ok=True)
    return Used(**json.loads(said), err=shown)


def read_json(path):
    """Returns the JSON of a file, or None where there is none."""
    try:
        return json.loads(pathlib.Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path, value):
    pathlib.Path(path).write_text(json.dumps(value, separators=(",", ":")), "utf-8")


class Kept:
    """Results row by row in a file of JSON lines; a line is on the disk before the next row begins."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.found = {}
        self.torn = 0
        if self.path.exists():
            for line in self.path.read_text("utf-8").splitlines():
                try:
                    record = json.loads(line)
                    self.found[self.key(record["build"], record["row"], record["settings"])] = record
                except (ValueError, KeyError, TypeError):
                    self.torn += 1

    @staticmethod
    def key(build, row, settings):
        return json.dumps([build, row, settings], sort_keys=True)

    def get(self, build, row, settings):
        return self.found.get(self.key(build, row, settings))

    def add(self, record):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, sort_keys=True) + "\n"
        with open(self.path, "a+b") as file:
            # A line that an interrupted run left unfinished must not swallow this one.
            if file.seek(0, os.SEEK_END) and not _ends_line(file):
                file.write(b"\n")
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        self.found[self.key(record["build"], record["row"], record["settings"])] = record


def _ends_line(file):
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def said(*command):
    """Returns the first line that a command prints, or "-"."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return "-"
    return (done.stdout.strip().splitlines() or ["-"])[0] if done.returncode == 0 else "-"


def build_of(program):
    """Names what is measured: the last commit of its sources, and the program itself where they differ from it."""
    sources = ("crates", "Cargo.toml", "Cargo.lock")
    commit = said("git", "log", "-1", "--format=%H", "--", *sources)
    if commit != "-" and said("git", "status", "--porcelain", "--", *sources) == "-":
        return commit
    digest = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    return f"{commit}-dirty-{digest[:12]}"


def machine():
    """Returns the processor's name, the number of cores and the memory in GiB."""
    name = platform.processor() or platform.machine()
    memory = "-"
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        memory = f"{total / 2**30:.0f} GiB"
    except (OSError, ValueError):
        pass
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {memory}"
