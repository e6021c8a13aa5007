"""Keeps one lab host running: starts it in its own cgroups, and again whenever it asks for a restart.

usage: supervise.py PID_FILE CGROUP... -- COMMAND...
systemd-nspawn --keep-unit ends with status 133 when the host inside wants to reboot.
"""

import os
import subprocess
import sys

REBOOT = 133


def main(argv):
    pid_file, *rest = argv
    cut = rest.index("--")
    cgroups, command = rest[:cut], rest[cut + 1 :]

    def enter_cgroups():
        for cgroup in cgroups:
            with open(os.path.join(cgroup, "cgroup.procs"), "w") as procs:
                procs.write(str(os.getpid()))

    while True:
        child = subprocess.Popen(command, preexec_fn=enter_cgroups, stdin=subprocess.DEVNULL)
        with open(pid_file + ".new", "w") as out:
            out.write(str(child.pid))
        os.replace(pid_file + ".new", pid_file)
        code = child.wait()
        if code != REBOOT:
            sys.exit(code if code >= 0 else 128 - code)


main(sys.argv[1:])
