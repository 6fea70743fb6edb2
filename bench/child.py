"""Run one command and print what it used, as JSON: `child.py SECONDS BYTES OUT ERR -- COMMAND...`.

A process of its own, because Linux lets a program that is started inherit the peak memory of the one that
starts it: a large driver would hide a small program. SECONDS is when the command is killed, BYTES what it
may map (0 for no limit), OUT and ERR the files that its output goes to.
"""

import json
import os
import resource
import signal
import sys
import threading
import time


def run(seconds, limit_bytes, out, err, command):
    def limit_memory():
        if limit_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))

    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(out, flags, 0o644), 1)
            os.dup2(os.open(err, flags, 0o644), 2)
            limit_memory()
            os.execvp(command[0], command)
        except OSError as fault:
            os.write(2, str(fault).encode())
        os._exit(127)

    killed = threading.Event()

    def kill(*_):
        killed.set()
        for end in (os.killpg, os.kill):
            try:
                end(pid, signal.SIGKILL)
                return
            except ProcessLookupError:
                continue

    signal.signal(signal.SIGTERM, kill)
    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - started
    timer.cancel()
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "rc": os.waitstatus_to_exitcode(status),
        "killed": killed.is_set(),
        "wall": round(wall, 4),
        "cpu": round(used.ru_utime + used.ru_stime, 4),
        "peak": used.ru_maxrss * unit,
    }


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[6:])))
