"""Installs packages into a layer over a finished tree. Started in a mount namespace of its own, which takes all mounts along.

usage: more-packages.py WORK LOWER RESOLV_CONF APT_OPTION... -- PACKAGE... <SOURCES
WORK/upper becomes the layer. RESOLV_CONF is how this machine finds the mirror; it is not left in the layer.
"""

import os
import shutil
import subprocess
import sys

NOTHING_STARTS = "#!/bin/sh\nexit 101\n"


def write(path, text, mode=0o644):
    if os.path.lexists(path):
        os.remove(path)
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)


def main(argv):
    cut = argv.index("--")
    work, lower, resolv_conf, *options = argv[:cut]
    packages = argv[cut + 1 :]
    upper, spare, root = (os.path.join(work, name) for name in ("upper", "spare", "root"))
    for folder in (upper, spare, root):
        os.mkdir(folder)
    layers = f"lowerdir={lower},upperdir={upper},workdir={spare}"
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, root], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", f"{root}/proc"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", f"{root}/tmp"], check=True)
    kept = {}
    for path in ("/etc/resolv.conf", "/etc/apt/sources.list"):
        with open(root + path) as old:
            kept[path] = old.read()
    with open(resolv_conf) as ours:
        write(f"{root}/etc/resolv.conf", ours.read())
    write(f"{root}/etc/apt/sources.list", sys.stdin.read())
    write(f"{root}/usr/sbin/policy-rc.d", NOTHING_STARTS, 0o755)
    apt = ["chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *options]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], check=True)
    for path, text in kept.items():
        write(root + path, text)
    for path in ("/usr/sbin/policy-rc.d", "/etc/.resolv.conf.systemd-resolved.bak"):
        if os.path.lexists(root + path):
            os.remove(root + path)
    for folder in ("/var/lib/apt/lists", "/var/cache/apt", "/var/cache/debconf"):
        shutil.rmtree(root + folder, ignore_errors=True)
    for folder in ("/var/lib/apt/lists/partial", "/var/cache/apt/archives/partial", "/var/cache/debconf"):
        os.makedirs(root + folder)
    for mount in (f"{root}/tmp", f"{root}/proc", root):
        subprocess.run(["umount", mount], check=True)
    # Everything there is a link that some package enabled a service with.
    shutil.rmtree(f"{upper}/etc/systemd/system", ignore_errors=True)
    shutil.rmtree(spare)
    os.rmdir(root)


main(sys.argv[1:])
