"""The ground of one pretended host whose folders lie on disks that write down every write, and of what a power cut leaves.

usage: unshare --mount --propagation slave -- stage.py TOOLS
As ../namespace/holder.py, whose pretended host it uses. First a host is recorded (`record`, `cut`). Then any state that its
disks could have been in when the power went is built (`image`), mounted, and started as a host (`start`).
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "namespace"))
import holder  # noqa: E402
from manifest_files import read_tree  # noqa: E402

import disks  # noqa: E402
from recorder import HEADER  # noqa: E402

STORE = holder.STORE
LOG = STORE + "/log"
# Which folders lie on which disk. On one disk, syncing any file makes everything before it last, too; on two it does not.
LAYOUTS = {"one": [["/etc", "/srv", "/var/lib"]], "two": [["/etc", "/srv"], ["/var/lib"]]}
SECTOR = 512


class Recording:
    def __init__(self, kind, layout, entries):
        self.kind = kind
        self.layout = layout
        # (is a write, disk, length, offset, seconds since 1970, where its bytes are in the log)
        self.entries = entries
        self.forget()

    def forget(self):
        self.lasting = [None for _ in self.layout]

    def lasting_at(self, point, disk):
        """The image of what certainly is on a disk before entry `point`: all that a flush of this disk came after."""
        flushes = [n for n in range(point) if not self.entries[n][0] and self.entries[n][1] == disk]
        end = flushes[-1] if flushes else 0
        image = "%s/lasting%d" % (STORE, disk)
        if self.lasting[disk] is None or self.lasting[disk] > end:
            disks.copy("%s/base%d" % (STORE, disk), image)
            self.lasting[disk] = 0
        self.write(image, disk, range(self.lasting[disk], end), None)
        self.lasting[disk] = end
        return image

    def write(self, image, disk, numbers, torn):
        with open(image, "r+b", buffering=0) as target, open(LOG, "rb", buffering=0) as log:
            for number in numbers:
                is_write, at_disk, length, offset, _, position = self.entries[number]
                if not is_write or at_disk != disk:
                    continue
                if torn is not None and number == torn[0]:
                    length = min(length, torn[1] * SECTOR)
                os.pwrite(target.fileno(), os.pread(log.fileno(), length, position), offset)


recording = None
recorder = None
restless = None
spare = None
mounts = []


def ready(**_):
    clear()
    if not os.path.ismount(STORE) or "store" not in holder.mounted:
        holder.run("mount", "-t", "tmpfs", "-o", "mode=755,size=4g", "tmpfs", STORE)
        holder.mounted.add("store")


def mount(image, kind, at):
    os.makedirs(at, exist_ok=True)
    disks.mount(image, kind, at)
    mounts.append(at)


def place(folders, at):
    """Puts the folders of a disk where the host looks for them."""
    for folder in folders:
        source = at + "/" + folder.strip("/").replace("/", "-")
        os.makedirs(source, exist_ok=True)
        disks.bind(source, folder)
        mounts.append(folder)


def clear(**_):
    holder.power_off()
    while mounts:
        disks.unmount(mounts.pop())
    return {}


def record(kind, layout, scene, sync_seed, **_):
    """A host as the scene says, on disks that are written down from its first moment."""
    global recording
    ready()
    recording = Recording(kind, LAYOUTS[layout], [])
    for number, folders in enumerate(recording.layout):
        base = "%s/base%d" % (STORE, number)
        disks.make(base, kind)
        mount(base, kind, "%s/disk%d" % (STORE, number))
        place(folders, "%s/disk%d" % (STORE, number))
    holder.furnish(scene)
    clear()
    return begin(sync_seed)


def record_again(point, keep, torn, sync_seed, **_):
    """The same host, where it goes on from a state of its recorded disks: a new recording, and the old one is gone."""
    clear()
    for number, trial in enumerate(build(point, keep, torn)):
        os.replace(trial, "%s/base%d" % (STORE, number))
    recording.forget()
    return begin(sync_seed)


def begin(sync_seed):
    global recorder
    images = []
    for number, _ in enumerate(recording.layout):
        images.append("%s/live%d" % (STORE, number))
        disks.copy("%s/base%d" % (STORE, number), images[-1])
    if os.path.exists(LOG):
        os.unlink(LOG)
    os.makedirs(STORE + "/fuse", exist_ok=True)
    program = [sys.executable, "-B", HERE + "/recorder.py", STORE + "/fuse", LOG, *images]
    recorder = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if recorder.stdout.readline() != b"ready\n":
        raise OSError("the recorder of the disks did not start")
    for number, folders in enumerate(recording.layout):
        mount("%s/fuse/%d" % (STORE, number), recording.kind, "%s/disk%d" % (STORE, number))
        place(folders, "%s/disk%d" % (STORE, number))
    if sync_seed is not None:
        begin_syncing(sync_seed)
    return holder.boot()


def begin_syncing(seed):
    """Now and then everything goes to the disk, as the kernel may at any moment."""
    global restless
    over = threading.Event()
    chance = random.Random(seed)
    roots = ["%s/disk%d" % (STORE, number) for number in range(len(recording.layout))]

    def work():
        while not over.wait(chance.uniform(0.0005, 0.01)):
            disks.sync_all(chance.choice(roots))

    thread = threading.Thread(target=work)
    thread.start()
    restless = (over, thread)


def cut(**_):
    """The power goes. What was written until now is the recording; what unmounting writes is not."""
    global recorder, restless
    end = os.path.getsize(LOG)
    if restless is not None:
        restless[0].set()
        restless[1].join()
        restless = None
    clear()
    recorder.stdin.close()
    recorder.wait()
    recorder = None
    disks.unmount(STORE + "/fuse")
    os.truncate(LOG, end)
    return read_log()


def read_log():
    entries = []
    with open(LOG, "rb") as log:
        while header := log.read(HEADER.size):
            kind, disk, length, offset, when = HEADER.unpack(header)
            entries.append((kind == b"W", disk, length, offset, when, log.tell()))
            log.seek(length, os.SEEK_CUR)
    recording.entries = entries
    recording.forget()
    return {"entries": [{"write": e[0], "disk": e[1], "length": e[2], "offset": e[3], "atS": e[4]} for e in entries]}


def image(point, keep, torn, **_):
    """The disks as they may be when the power goes before entry `point`: of what no flush came after, `keep` arrived."""
    clear()
    for number, trial in enumerate(build(point, keep, torn)):
        try:
            mount(trial, recording.kind, "%s/disk%d" % (STORE, number))
        except OSError as error:
            return {"state": None, "why": str(error)}
        finally:
            # A dying process may hold this disk longer than we do: what is still written then must not get into the next.
            os.unlink(trial)
    return {"state": fingerprint(), "why": None}


def build(point, keep, torn):
    number_anew()
    trials = ["%s/trial%d" % (STORE, number) for number in range(len(recording.layout))]
    for number, trial in enumerate(trials):
        disks.copy(recording.lasting_at(point, number), trial)
        recording.write(trial, number, keep, torn)
    return trials


def number_anew():
    """After a restart the kernel may find the disks in another order: a device that we keep gets the number of our first."""
    global spare
    if spare is None:
        path = STORE + "/spare"
        with open(path, "wb") as file:
            file.truncate(1 << 20)
        with open(path, "r+b") as file:
            spare, _ = disks.attach(file.fileno())


def fingerprint():
    """The same for two states exactly when no program could distinguish them: names, bytes, metadata, inode numbers."""
    files = {}
    for number, _ in enumerate(recording.layout):
        root = "%s/disk%d" % (STORE, number)
        found = {}
        read_tree(root, "/", found, times=True)
        for path, entry in found.items():
            files["%d %s" % (number, path)] = {**entry, "inode": os.lstat(root + path).st_ino}
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def start(**_):
    """The host boots from the disks of the last image."""
    for number, folders in enumerate(recording.layout):
        place(folders, "%s/disk%d" % (STORE, number))
    return holder.boot()


def manifest(**_):
    # The only mounts here are our own: the disks of the image.
    return {**holder.manifest(), "mounts": {}}


def keep(folder, about, **_):
    """Keeps the recording, to build the same states again later."""
    os.makedirs(folder, exist_ok=True)
    shutil.copyfile(LOG, folder + "/log")
    for number, _ in enumerate(recording.layout):
        disks.copy("%s/base%d" % (STORE, number), "%s/base%d" % (folder, number))
    with open(folder + "/recording.json", "w", encoding="utf-8") as file:
        json.dump(about, file)
    return {}


def load(folder, kind, layout, **_):
    global recording
    ready()
    recording = Recording(kind, LAYOUTS[layout], [])
    shutil.copyfile(folder + "/log", LOG)
    for number, _ in enumerate(recording.layout):
        disks.copy("%s/base%d" % (folder, number), "%s/base%d" % (STORE, number))
    return read_log()


holder.serve(
    {
        "record": record,
        "record_again": record_again,
        "reboot": holder.boot,
        "cut": cut,
        "image": image,
        "start": start,
        "manifest": manifest,
        "keep": keep,
        "load": load,
        "clear": clear,
    }
)
clear()
