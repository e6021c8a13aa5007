"""Disks whose every write is written down: one file per disk, offered through FUSE, to be used by loop devices.

usage: recorder.py MOUNTPOINT LOG IMAGE...
Offers IMAGE number n as MOUNTPOINT/n. Each write and each flush that the kernel sends goes to LOG, in the order in which
it came, before it is answered: header (see HEADER), then the bytes written. Says "ready" once mounted, and ends when
its input ends. A loop device turns each flush of a file system, and what must be on the disk at once, into an fsync here.
"""

import ctypes
import os
import stat
import struct
import sys
import threading
import time

# kind ("W" or "F"), disk, length, offset, seconds since 1970
HEADER = struct.Struct("<cBxxIQd")

# linux/fuse.h
REQUEST = struct.Struct("<IIQQIIIHH")
ANSWER = struct.Struct("<IiQ")
ATTRIBUTES = struct.Struct("<6Q10I")
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, STATFS = 1, 2, 3, 4, 14, 15, 16, 17
RELEASE, FSYNC, FLUSH, INIT, INTERRUPT, DESTROY, BATCH_FORGET = 18, 20, 25, 26, 36, 38, 42
BIG_WRITES, MAX_PAGES = 1 << 5, 1 << 22
KEEP_CACHE = 2
LARGEST_WRITE = 1 << 20
FOR_EVER = 1 << 30
ROOT = 1
ENOENT, ENOSYS = 2, 38


class Recorder:
    def __init__(self, log, images):
        self.log = open(log, "ab", buffering=0)
        self.images = [os.open(image, os.O_RDWR) for image in images]

    def note(self, kind, disk, offset, data):
        self.log.write(HEADER.pack(kind, disk, len(data), offset, time.time()) + data)

    def attributes(self, node):
        size = 0 if node == ROOT else os.fstat(self.images[node - 2]).st_size
        mode = stat.S_IFDIR | 0o700 if node == ROOT else stat.S_IFREG | 0o600
        return ATTRIBUTES.pack(node, size, size // 512, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)

    def answer(self, what, node, body):
        """The body of the answer, or an errno."""
        if what == INIT:
            sizes = struct.pack("<IIIIHHIIHHI", 7, 31, 0, BIG_WRITES | MAX_PAGES, 16, 12, LARGEST_WRITE, 1, 256, 0, 0)
            return sizes + bytes(64 - len(sizes))
        if what == LOOKUP:
            name = body.rstrip(b"\0")
            if node != ROOT or not name.isdigit() or int(name) >= len(self.images):
                return ENOENT
            node = int(name) + 2
            return struct.pack("<QQQQII", node, 0, FOR_EVER, FOR_EVER, 0, 0) + self.attributes(node)
        if what in (GETATTR, SETATTR):
            return struct.pack("<QII", FOR_EVER, 0, 0) + self.attributes(node)
        if what == OPEN:
            return struct.pack("<QII", node, KEEP_CACHE, 0)
        if what == READ:
            _, offset, length = struct.unpack_from("<QQI", body)
            return os.pread(self.images[node - 2], length, offset)
        if what == WRITE:
            _, offset, length = struct.unpack_from("<QQI", body)
            data = body[40 : 40 + length]
            self.note(b"W", node - 2, offset, data)
            os.pwrite(self.images[node - 2], data, offset)
            return struct.pack("<II", length, 0)
        if what == FSYNC:
            self.note(b"F", node - 2, 0, b"")
            return b""
        return b"" if what in (RELEASE, FLUSH, DESTROY) else ENOSYS

    def serve(self, device):
        while True:
            try:
                request = os.read(device, LARGEST_WRITE + 4096)
            except InterruptedError:
                continue
            except OSError:
                return  # unmounted
            _, what, number, node, *_ = REQUEST.unpack_from(request)
            if what in (FORGET, BATCH_FORGET, INTERRUPT):
                continue
            body = self.answer(what, node, request[REQUEST.size :])
            error, body = (-body, b"") if isinstance(body, int) else (0, body)
            try:
                os.write(device, ANSWER.pack(ANSWER.size + len(body), error, number) + body)
            except FileNotFoundError:
                pass  # whoever asked does not wait any more


def end_with_input():
    sys.stdin.read()
    os._exit(0)  # the kernel ends the connection: whoever still writes gets an error


def main(mountpoint, log, *images):
    device = os.open("/dev/fuse", os.O_RDWR)
    libc = ctypes.CDLL(None, use_errno=True)
    options = "fd=%d,rootmode=40000,user_id=0,group_id=0" % device
    if libc.mount(b"recorder", mountpoint.encode(), b"fuse", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), mountpoint)
    recorder = Recorder(log, images)
    threading.Thread(target=end_with_input, daemon=True).start()
    print("ready", flush=True)
    recorder.serve(device)


if __name__ == "__main__":
    main(*sys.argv[1:])
