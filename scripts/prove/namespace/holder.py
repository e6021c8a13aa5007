"""The ground of one pretended host: its own /etc, /srv, /var/lib and /run, and a fresh process space at each boot.

usage: unshare --mount --propagation slave -- holder.py TOOLS
TOOLS is the folder of the lab's manifest tool. Reads one request per line as JSON, answers each with one line of JSON.
Everything lies in memory: what is proved here is what the death of processes leaves behind, not of disks (see the lab).
"""

import ctypes
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

sys.path.insert(0, sys.argv[1])
from manifest_files import read_tree  # noqa: E402

FOLDERS = ["/etc", "/srv", "/var/lib"]
STORE = "/mnt"
MNT_DETACH = 2
BOOT_ID = "/proc/sys/kernel/random/boot_id"
# What programs of the machine need of its own /etc, and no drill is about.
BORROWED = ["/etc/ld.so.cache", "/etc/login.defs", "/etc/protocols", "/etc/services"]

NETWORK = """link set lo up
link add lan0 type veth peer name lan1
address add 192.0.2.5/24 dev lan0
link set lan0 up
address add 198.51.100.5/24 dev lan1
link set lan1 up
"""

borrowed = {}
init = None
own_network = False
to_run = ()
at_boot = ""
held_open = None
carrier = None
libc = ctypes.CDLL(None, use_errno=True)


def run(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def remember():
    for path in BORROWED:
        try:
            with open(path, "rb") as file:
                borrowed[path] = file.read()
        except FileNotFoundError:
            pass


def fresh(scene, network, disk=None, programs=(), prepare="", atBoot="", holds=None, **_):
    """Empty folders, then the things of the scene in their order; folders get their times last."""
    global own_network, to_run, at_boot, held_open
    power_off()
    at_boot = atBoot
    held_open = holds
    own_network = network
    to_run = programs
    while disks:
        umount(disks.pop(), MNT_DETACH)  # a bind mount of a folder on it may still be there
    for folder in [*FOLDERS, STORE]:
        while os.path.ismount(folder) and folder in mounted:
            umount(folder, MNT_DETACH)  # with whatever a scene mounted below
            mounted.discard(folder)
        mount("tmpfs", folder, "mode=755,size=1g")
        mounted.add(folder)
    if disk is not None:
        # The bytes lie in memory all the same; to a program it is a disk, of a size of its own.
        parts = {name: STORE + "/disk/" + name for name in ("lower", "upper", "work")}
        os.makedirs(STORE + "/disk")
        mount("tmpfs", STORE + "/disk", "mode=755,size=400m")
        for path in [*parts.values(), disk]:
            os.makedirs(path)
        mount("overlay", disk, "lowerdir=%(lower)s,upperdir=%(upper)s,workdir=%(work)s" % parts)
        disks.extend([STORE + "/disk", disk])
    furnish(scene)
    if prepare:
        run("sh", "-e", "-c", prepare)
    return boot()


def furnish(scene):
    for path, content in borrowed.items():
        lay({"path": path}, content)
    for thing in scene:
        lay(thing, thing.get("text", "").encode("latin1"))
    for thing in scene:
        if thing.get("acl"):
            run("setfacl", "--modify", thing["acl"], thing["path"])
    # Old times, each its own, with odd nanoseconds: whatever is touched afterwards shows.
    stamp = 1_600_000_000_123_456_789
    for number, (folder, _, names) in enumerate(list(os.walk("/srv")) + list(os.walk("/etc"))):
        for path in [os.path.join(folder, name) for name in names] + [folder]:
            if not os.path.islink(path):
                os.utime(path, ns=(stamp, stamp + number * 1_000_003))


def lay(thing, content):
    path = thing["path"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if thing.get("folder"):
        os.makedirs(path, exist_ok=True)
    elif thing.get("link"):
        os.symlink(thing["link"], path)
        return
    else:
        with open(path, "wb") as file:
            file.write(content)
    os.chown(path, thing.get("owner", 0), thing.get("group", 0))
    os.chmod(path, thing.get("mode", 0o755 if thing.get("folder") else 0o644))
    for name, value in thing.get("attributes", {}).items():
        os.setxattr(path, name, value.encode())


def boot(**_):
    """Starts the host: process 1 of its own, an empty /run, another boot id."""
    global init
    power_off()
    spaces = [*(["--net"] if own_network else []), "--mount", "--pid", "--uts", "--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "slave"]
    launcher = subprocess.Popen(["unshare", *spaces, "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    launcher.stdin.write(b"up\n")
    launcher.stdin.flush()
    launcher.stdout.readline()
    with open("/proc/%d/task/%d/children" % (launcher.pid, launcher.pid)) as file:
        leader = file.read().split()[0]
    init = (launcher, leader)
    with open(STORE + "/boot-id", "w") as file:
        file.write("%s\n" % uuid.uuid4())
    in_host(lay_ground)
    if own_network:
        inside("ip", "-batch", "-", input=NETWORK)
        inside("nft", "add", "table", "inet", "theirs")
    if at_boot:
        inside("sh", "-e", "-c", at_boot)
    if held_open is not None:
        os.mkfifo("/proc/%s/root/run/say" % leader)
        start_inside("/bin/sh", "-c", "exec 9>>%s; while read -r line; do echo \"$line\" >&9; done <>/run/say" % held_open)
        await_true(lambda: is_open(held_open))
    for name in to_run:
        # Its name is that of the file it is started by.
        path = "/proc/%s/root/run/%s" % (leader, name)
        os.symlink("/bin/sleep", path)
        for _ in range(2):
            start_inside("/run/" + name, "infinity")
        await_true(lambda: sum(what == name for what, _ in processes()) == 2)
    return {"leader": int(leader)}


def lay_ground():
    mount("tmpfs", "/run", "mode=755")
    MS_BIND = 4096
    mount(STORE + "/boot-id", BOOT_ID, "", MS_BIND)


def mount(source, target, options, flags=0):
    """The system call itself: a program for each would be most of what a host costs."""
    texts = [text.encode() for text in (source, target, source, options)]
    if libc.mount(*texts[:3], ctypes.c_ulong(flags), texts[3]) != 0:
        raise OSError(ctypes.get_errno(), "mount %s at %s" % (source, target))


def umount(target, flags=0):
    if libc.umount2(target.encode(), flags) != 0:
        raise OSError(ctypes.get_errno(), "umount %s" % target)


def in_host(do):
    """Calls it as a child of ours that sees what the host sees."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if libc.setns(os.open("/proc/%s/ns/mnt" % init[1], os.O_RDONLY), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            do()
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("%s failed on the host" % do.__name__)


def inside(*argv, input=None):
    """Runs a program of the machine in the host's network, and answers with what it says."""
    command = ["nsenter", "--target=" + init[1], "--net", "--mount", "--", *argv]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, input=input, text=True).stdout


def network_now():
    """Tables, chains and rules without handles and counters; links, addresses and routes."""
    found = {"ruleset": {"is": re.sub(r" # handle \d+|packets \d+ bytes \d+", "", inside("nft", "list", "ruleset"))}}
    for link in json.loads(inside("ip", "-j", "address", "show")):
        addresses = sorted("%s/%s" % (a["local"], a["prefixlen"]) for a in link["addr_info"] if a["family"] == "inet")
        found["link " + link["ifname"]] = {"up": str("UP" in link["flags"]), "addresses": " ".join(addresses)}
    for route in inside("ip", "-4", "route", "show", "table", "all").splitlines():
        # A cable is noticed a moment after it was plugged in.
        found["route " + route.replace(" linkdown", "").strip()] = {"is": "there"}
    return found


def shell(script, **_):
    """What somebody does on the host."""
    command = ["nsenter", "--target=" + init[1], "--net", "--mount", "--pid", "--", "sh", "-e", "-c", script]
    return {"ok": subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0}


def start_inside(*argv):
    """Leaves a program to process 1 of the host. Not by nsenter, which waits for it and stops with it."""
    child = os.fork()
    if child != 0:
        os.waitpid(child, 0)
        return
    try:
        null = os.open("/dev/null", os.O_RDWR)
        for space in ("pid", "mnt"):
            if libc.setns(os.open("/proc/%s/ns/%s" % (init[1], space), os.O_RDONLY), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        if os.fork() == 0:
            for number in (0, 1, 2):
                os.dup2(null, number)
            os.closerange(3, 64)
            os.execv(argv[0], argv)
    finally:
        os._exit(0)


def is_open(path):
    """Has a process of the host, other than its first, this file open?"""
    proc = "/proc/%s/root/proc" % init[1]
    for pid in filter(str.isdigit, os.listdir(proc)):
        try:
            if os.readlink("%s/%s/fd/9" % (proc, pid)) == path:
                return True
        except OSError:
            continue  # not so many, or it ended while we looked
    return False


def processes():
    """Every process of the host, as its name and whether it is suspended."""
    found = []
    proc = "/proc/%s/root/proc" % init[1]
    for pid in filter(str.isdigit, os.listdir(proc)):
        try:
            with open("%s/%s/stat" % (proc, pid), encoding="utf-8", errors="replace") as file:
                name, state = re.match(r"\d+ \((.*)\) (\S)", file.read(), re.S).groups()
            with open("%s/%s/environ" % (proc, pid), "rb") as file:
                name = "load" if b"CHAOS_LITE_LOAD=" in file.read() else name
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if state == "Z":
            continue  # process 1 of a pretended host waits for nobody
        found.append((name, "suspended" if state == "T" else "at work"))
    return sorted(found)


def await_true(look):
    for _ in range(1000):
        if look():
            return
        time.sleep(0.005)
    raise TimeoutError("nothing came of it in five seconds")


def processes_now():
    """What runs of the host's own programs, and loads that nobody ended."""
    seen = [each for each in processes() if each[0] in ("load", *to_run)]
    return {"%s %d" % (name, number): {"is": state} for number, (name, state) in enumerate(seen)}


def power_off(**_):
    """Every process of the host dies at once, and /run with them."""
    global init
    cut()
    if init is not None:
        launcher, leader = init
        launcher.kill()
        launcher.stdin.close()
        launcher.stdout.close()
        launcher.wait()
        init = None
    return {}


def link(port, **_):
    """Opens a way from the host's own loopback to a port of the machine's; answers with the port it begins at."""
    global carrier
    cut()
    listener = in_network(lambda: socket.create_server(("127.0.0.1", 0)))
    carrier = os.fork()
    if carrier == 0:
        PR_SET_PDEATHSIG = 1
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            carry(listener, port)
        finally:
            os._exit(1)
    at = listener.getsockname()[1]
    listener.close()
    return {"port": at}


def in_network(make):
    """Calls it in the network of the host: a socket stays in the network in which it was made."""
    if not own_network:
        return make()
    with open("/proc/self/ns/net") as home, open("/proc/%s/ns/net" % init[1]) as there:
        libc.setns(there.fileno(), 0)
        try:
            return make()
        finally:
            libc.setns(home.fileno(), 0)


def carry(listener, port):
    """Passes on whatever comes, both ways, until it is killed."""
    ends = {}
    while True:
        for one in select.select([listener, *ends], [], [])[0]:
            if one is listener:
                near, far = listener.accept()[0], socket.create_connection(("127.0.0.1", port))
                ends.update({near: far, far: near})
            elif one in ends and not pass_on(one, ends[one]):
                other = ends.pop(one)
                del ends[other]
                one.close()
                other.close()


def pass_on(one, other):
    try:
        data = one.recv(65536)
        other.sendall(data)
        return len(data) > 0
    except OSError:
        return False


def cut(silent=False, **_):
    """The way is gone: both ends learn it, or nobody does, and nothing comes through any more."""
    global carrier
    if carrier is None:
        return {}
    if silent:
        os.kill(carrier, signal.SIGSTOP)
        return {}
    os.kill(carrier, signal.SIGKILL)
    os.waitpid(carrier, 0)
    carrier = None
    return {}


def manifest(**_):
    files = {}
    root = "/proc/%s/root" % init[1]
    for folder in FOLDERS:
        read_tree(root, folder, files, times=True)
    own = ("/var/lib/chaos-lite", "/var/lib/chaos-lite/")
    files = {path: entry for path, entry in files.items() if path != own[0] and not path.startswith(own[1])}
    files.pop("/var/lib", None)  # its time shows when our own folder was made
    with open("/proc/%s/mounts" % init[1], encoding="utf-8") as file:
        lines = [line.split() for line in file]
    # The machine's own mounts come and go; only ours are the host's.
    mounts = {f[1]: {"source": f[0], "kind": f[2], "options": f[3]} for f in lines if f[1].startswith(("/etc", "/srv"))}
    own = {"network": network_now() if own_network else {}, "processes": processes_now()}
    return {"files": files, "mounts": mounts, **own}


def save(name, folders, **_):
    """Keeps a copy of folders, as a backup would."""
    for folder in folders:
        copy = STORE + "/" + name + folder
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        if os.path.lexists(folder):
            run("cp", "--archive", "--no-target-directory", "--", folder, copy)
    return {}


def empty(folder):
    """A disk of its own that is mounted below stays, without what lies on it."""
    for entry in os.scandir(folder) if os.path.isdir(folder) else []:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
        elif any((disk + "/").startswith(entry.path + "/") for disk in disks):
            empty(entry.path)
        else:
            shutil.rmtree(entry.path)


def load(name, folders, **_):
    """Puts a kept copy in place of what is there: other inodes, the same content."""
    for folder in folders:
        empty(folder)
        copy = STORE + "/" + name + folder
        if os.path.lexists(copy):
            run("cp", "--archive", "--no-target-directory", "--", copy, folder)
    return {}


def fill(**_):
    """No disk of the host takes a byte more."""
    for folder in FOLDERS:
        stat = os.statvfs(folder)
        used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize
        run("mount", "-o", "remount,size=%d" % max(used, stat.f_frsize), folder)
    return {}


def write_protect(**_):
    """What a kernel does with a disk that has failed."""
    for folder in FOLDERS:
        run("mount", "-o", "remount,ro", folder)
    return {}


def repair(**_):
    for folder in FOLDERS:
        run("mount", "-o", "remount,rw,size=1g", folder)
    return {}


mounted = set()
disks = []
remember()


def serve(operations):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": True, "is": operations[request.pop("do")](**request)}
        except Exception as error:  # sent to the other side, which ends the schedule with it
            answer = {"ok": False, "why": "%s: %s" % (type(error).__name__, error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    power_off()


OPERATIONS = {
    "fresh": fresh,
    "boot": boot,
    "power_off": power_off,
    "shell": shell,
    "manifest": manifest,
    "save": save,
    "load": load,
    "fill": fill,
    "write_protect": write_protect,
    "repair": repair,
    "link": link,
    "cut": cut,
}
if __name__ == "__main__":
    serve(OPERATIONS)
