"""The file part of the manifest: everything about a tree that a user, a program or a backup could notice."""

import array
import errno
import fcntl
import hashlib
import os
import stat
import struct
import time

GET_FLAGS = 0x80086601  # FS_IOC_GETFLAGS
# Flags somebody sets on purpose (see chattr); the others describe how the file system stores the file.
FLAGS = {
    0x1: "s", 0x2: "u", 0x4: "c", 0x8: "S", 0x10: "i", 0x20: "a", 0x40: "d", 0x80: "A",
    0x8000: "t", 0x10000: "D", 0x20000: "T", 0x800000: "C", 0x20000000: "P", 0x40000000: "F",
}
KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket", stat.S_IFCHR: "character device", stat.S_IFBLK: "block device",
}
# A file as large as the agent costs more to read than the rest of the tree. Nobody but the kernel sets the time of the
# last change of an inode, so one that has the same has the same content.
LARGE = 1 << 20
known_digests = {}
ACL_TAGS = {0x01: "user:", 0x02: "user:%d", 0x04: "group:", 0x08: "group:%d", 0x10: "mask:", 0x20: "other:"}


def read_tree(root, folder, into, times):
    """Adds every entry below root + folder to `into`, keyed by its path inside the host. Links are not followed."""
    if not os.path.lexists(root + folder):
        return
    stack = [folder]
    while stack:
        path = stack.pop()
        try:
            into[path] = read_entry(root + path, times)
            if into[path]["type"] == "folder":
                stack.extend(os.path.join(path, name) for name in os.listdir(root + path))
        except FileNotFoundError:
            into.pop(path, None)  # it went away while we looked


def read_entry(path, times):
    info = os.lstat(path)
    kind = KINDS[stat.S_IFMT(info.st_mode)]
    entry = {"type": kind, "mode": "%04o" % stat.S_IMODE(info.st_mode), "owner": str(info.st_uid), "group": str(info.st_gid)}
    if kind == "link":
        entry["target"] = os.readlink(path)
    if kind == "file":
        entry["size"] = str(info.st_size)
        entry["links"] = str(info.st_nlink)
        entry["sha256"] = digest(path)
    if times and kind in ("file", "folder"):
        entry["mtime"] = "%d.%09d" % divmod(info.st_mtime_ns, 1_000_000_000)
    if kind in ("file", "folder"):
        entry["flags"] = flags(path)
    for name in sorted(os.listxattr(path, follow_symlinks=False)):
        value = os.getxattr(path, name, follow_symlinks=False)
        entry["xattr " + name] = acl(value) if name.startswith("system.posix_acl_") else value.hex()
    return entry


def open_quietly(path):
    """Opens for reading without changing the access time."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOATIME)


def digest(path):
    info = os.lstat(path)
    if info.st_size < LARGE:
        return digest_anew(path)
    identity = " ".join(str(part) for part in (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns))
    if identity not in known_digests:
        found = digest_anew(path)
        # A change in the same tick of the clock would leave the same time.
        if time.time_ns() - info.st_ctime_ns < 1_000_000_000:
            return found
        known_digests[identity] = found
    return known_digests[identity]


def digest_anew(path):
    with os.fdopen(open_quietly(path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else whole(file)


def whole(file):
    digester = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        digester.update(block)
    return digester.hexdigest()


def flags(path):
    handle = open_quietly(path)
    try:
        buffer = array.array("L", [0])
        fcntl.ioctl(handle, GET_FLAGS, buffer, True)
        return "".join(letter for bit, letter in FLAGS.items() if buffer[0] & bit)
    except OSError as error:
        if error.errno in (errno.ENOTTY, errno.EOPNOTSUPP):
            return "not supported"
        raise
    finally:
        os.close(handle)


def acl(value):
    """A POSIX ACL as getfacl would print it, with numbers for names: the host's names are not this machine's."""
    entries = []
    for tag, permissions, who in struct.iter_unpack("<HHI", value[4:]):
        name = ACL_TAGS.get(tag, "?%d:" % tag)
        name = name % who if "%d" in name else name
        bits = "".join(letter if permissions & bit else "-" for bit, letter in ((4, "r"), (2, "w"), (1, "x")))
        entries.append("%s:%s" % (name, bits))
    return ",".join(entries)
