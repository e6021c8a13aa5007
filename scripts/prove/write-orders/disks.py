"""Images of disks as loop devices, and their file systems."""

import ctypes
import errno
import fcntl
import os
import struct
import subprocess
import time

SIZE = 1536 << 20  # a tenth is what a filled disk must keep free where the journal lies; nearly all of it are holes
CHUNK = 64 << 10
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-b", "4096", "-J", "size=8", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
    "xfs": ["mkfs.xfs", "-q", "-f"],
}
# Images of one disk have one UUID, and xfs mounts only one of them at a time.
OPTIONS = {"ext4": ("ext4", ""), "ext4-noauto": ("ext4", "noauto_da_alloc"), "xfs": ("xfs", "nouuid")}

GET_FREE, CONFIGURE = 0x4C82, 0x4C0A  # linux/loop.h
AUTOCLEAR = 4  # the device is free again with its last mount
UMOUNT_DETACH = 2
libc = ctypes.CDLL(None, use_errno=True)


def checked(result, path):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)


def make(image, kind):
    """A fresh file system in a file, without the zeros that it was written with."""
    full = image + ".full"
    with open(full, "wb") as file:
        file.truncate(SIZE)
    subprocess.run([*MAKE[OPTIONS[kind][0]], full], check=True, stdout=subprocess.DEVNULL)
    copy(full, image)
    os.unlink(full)


def mount(image, kind, at):
    """Mounts the file system in a file; here it replays its own journal, and what it writes then lasts."""
    file = os.open(image, os.O_RDWR)
    device, path = attach(file)
    try:
        system, options = OPTIONS[kind]
        checked(libc.mount(path.encode(), at.encode(), system.encode(), 0, options.encode()), at)
        os.fsync(device)
    finally:
        os.close(device)
        os.close(file)


def attach(file):
    """The loop device of an open file. Others on this machine look for a free one, too."""
    configuration = struct.pack("<II5Q4I", file, 0, 0, 0, 0, 0, 0, 0, 0, 0, AUTOCLEAR).ljust(304, b"\0")
    control = os.open("/dev/loop-control", os.O_RDWR)
    try:
        for _ in range(50):
            path = "/dev/loop%d" % fcntl.ioctl(control, GET_FREE)
            device = os.open(path, os.O_RDWR)
            try:
                fcntl.ioctl(device, CONFIGURE, bytearray(configuration), True)
                return device, path
            except OSError as error:
                os.close(device)
                if error.errno != errno.EBUSY:
                    raise
    finally:
        os.close(control)
    raise OSError(errno.EBUSY, "no loop device is free")


def bind(source, at):
    checked(libc.mount(source.encode(), at.encode(), None, 4096, None), at)


def unmount(at):
    """Waits a little for processes that are just dying; a mount that nobody sees any more is enough then."""
    for _ in range(100):
        if libc.umount2(at.encode(), 0) == 0:
            return
        if ctypes.get_errno() != errno.EBUSY:
            break
        time.sleep(0.01)
    checked(libc.umount2(at.encode(), UMOUNT_DETACH), at)


def sync_all(at):
    """What the kernel does now and then by itself: everything written so far goes to the disk."""
    folder = os.open(at, os.O_RDONLY)
    try:
        checked(libc.syncfs(folder), at)
    finally:
        os.close(folder)


def copy(source, target):
    """A copy with the same holes, and one wherever there are only zeros."""
    with open(source, "rb", buffering=0) as old, open(target, "wb", buffering=0) as new:
        size = os.fstat(old.fileno()).st_size
        new.truncate(size)
        at = 0
        while at < size:
            try:
                at = os.lseek(old.fileno(), at, os.SEEK_DATA)
            except OSError as error:
                if error.errno == errno.ENXIO:
                    return
                raise
            end = os.lseek(old.fileno(), at, os.SEEK_HOLE)
            while at < end:
                data = os.pread(old.fileno(), min(CHUNK, end - at), at)
                if data.count(0) != len(data):
                    os.pwrite(new.fileno(), data, at)
                at += len(data)
