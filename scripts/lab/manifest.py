"""Writes down what a host looks like, so that "identical to before" is judged by something other than the product.

usage: manifest.py ROOT LEADER IGNORE_FILE DIGESTS_FILE [FOLDER...]
ROOT is the host's tree as this machine sees it, LEADER the pid of its process 1; DIGESTS_FILE keeps the digests of large
files for the next call. Standard library only. Output: JSON, section -> key -> field -> text. Sections: files, units,
ownUnits (of users' own managers), users, groups, firewall, network, mounts.
"""

import json
import os
import re
import subprocess
import sys

from manifest_files import known_digests, read_tree

FOLDERS = ["/etc", "/srv", "/home", "/root", "/usr/local", "/opt", "/var/backups", "/var/www", "/var/spool/cron"]
RUNTIME = ["/run/systemd/system", "/run/systemd/system.control", "/run/systemd/transient", "/run/nologin"]
UNIT_FOLDERS = [
    *("/etc/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system"),
    *("/run/systemd/" + name for name in ("system", "system.control", "transient", "generator", "generator.early", "generator.late")),
]
UNIT_KINDS = ("service", "socket", "timer", "path", "target", "mount")


def inside(leader, *argv):
    command = ["nsenter", "--target=" + leader, "--all", "--", *argv]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, env=env, text=True).stdout


def unit_files(leader):
    """The names of all unit files. What is enabled or masked is a link below /etc or /run, and listed among the files."""
    names = set()
    for folder in UNIT_FOLDERS:
        try:
            names.update(os.listdir("/proc/%s/root%s" % (leader, folder)))
        except FileNotFoundError:
            pass
    return sorted(name for name in names if name.rpartition(".")[2] in UNIT_KINDS)


def read_units(leader):
    """Every unit with a file or a state. A unit that is merely no longer loaded is not a difference."""
    kinds = "--type=" + ",".join(UNIT_KINDS)
    # Not of `systemctl list-unit-files`: that reads every unit anew, and cost more than all the rest of a manifest.
    units = {name: {"active": "inactive", "sub": "dead"} for name in unit_files(leader)}
    listing = inside(leader, "systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", kinds)
    for line in listing.splitlines():
        name, load, active, sub = line.split()[:4]
        if active == "inactive" and name not in units:
            continue
        unit = units.setdefault(name, {})
        unit.update(active=active, sub=sub)
        if load not in ("loaded", "masked"):  # a mask is a link, listed among the files
            unit["load"] = load
    return units


def read_own_units(leader):
    """The same of every user who has a manager of their own, by the user's number. Mounts are seen among the host's."""
    units = {}
    place = "/run/user"
    for uid in sorted(os.listdir("/proc/%s/root%s" % (leader, place)) if os.path.isdir("/proc/%s/root%s" % (leader, place)) else []):
        if not os.path.exists("/proc/%s/root%s/%s/systemd/private" % (leader, place, uid)):
            continue
        own = ["env", "XDG_RUNTIME_DIR=%s/%s" % (place, uid), "setpriv", "--reuid=" + uid, "--clear-groups", "systemctl", "--user"]
        listing = inside(leader, *own, "list-units", "--all", "--plain", "--no-legend", "--no-pager", "--type=service,socket,timer,path,target")
        for line in listing.splitlines():
            name, load, active, sub = line.split()[:4]
            if load == "loaded" and active != "inactive":
                units["%s %s" % (uid, name)] = {"active": active, "sub": sub}
    return units


def read_lines(root, path):
    try:
        with open(root + path, encoding="utf-8") as file:
            return [line.rstrip("\n").split(":") for line in file]
    except FileNotFoundError:
        return []


def read_users(root):
    users = {}
    for fields in read_lines(root, "/etc/passwd"):
        users[fields[0]] = dict(zip(("uid", "gid", "name", "home", "shell"), fields[2:7]))
    for fields in read_lines(root, "/etc/shadow"):
        password = fields[1]
        lock = "locked" if password.startswith("!") else "none" if password in ("", "*") else "usable"
        user = users.setdefault(fields[0], {})
        user.update(password=lock, changed=fields[2], accountExpires=fields[7])
    return users


def read_groups(root):
    return {f[0]: {"gid": f[2], "members": ",".join(sorted(filter(None, f[3].split(","))))} for f in read_lines(root, "/etc/group")}


def read_firewall(leader):
    """Tables, chains, sets and rules in order; without handles and counters, which move by themselves."""
    entries = json.loads(inside(leader, "nft", "-j", "list", "ruleset") or '{"nftables": []}')["nftables"]
    firewall, counts = {}, {}
    for entry in entries:
        for kind, body in entry.items():
            if kind == "metainfo":
                continue
            key = " ".join(str(body[part]) for part in ("family", "table", "chain", "name") if part in body)
            counts[kind, key] = counts.get((kind, key), 0) + 1
            number = " %d" % counts[kind, key] if kind == "rule" else ""
            firewall["%s %s%s" % (kind, key, number)] = {"is": json.dumps(still(body), sort_keys=True)}
    return firewall


def still(value):
    if isinstance(value, dict):
        return {k: still(v) for k, v in value.items() if k not in ("handle", "packets", "bytes", "expires")}
    return [still(v) for v in value] if isinstance(value, list) else value


def read_network(leader):
    network = {}
    for link in json.loads(inside(leader, "ip", "-j", "address", "show")):
        addresses = sorted("%s/%s" % (a["local"], a["prefixlen"]) for a in link["addr_info"] if a["family"] == "inet")
        state = "up" if "UP" in link["flags"] else "down"
        network["link " + link["ifname"]] = {"state": state, "mtu": str(link["mtu"]), "addresses": " ".join(addresses)}
    for route in inside(leader, "ip", "-4", "route", "show", "table", "all").splitlines():
        network["route " + route.strip()] = {"is": "there"}
    for rule in inside(leader, "ip", "rule", "show").splitlines():
        network["rule " + " ".join(rule.split())] = {"is": "there"}
    for line in inside(leader, "tc", "qdisc", "show").splitlines():
        network["qdisc " + line.strip()] = {"is": "there"}
    return network


def read_mounts(leader):
    with open("/proc/%s/mounts" % leader, encoding="utf-8") as file:
        return {f[1]: {"source": f[0], "kind": f[2], "options": f[3]} for f in (line.split() for line in file)}


def leave_out(manifest, rules):
    """Drops what the rules name: a whole entry, or single fields of it."""
    for rule in rules:
        pattern = re.compile(rule["key"])
        section = manifest[rule["section"]]
        for key in [key for key in section if pattern.fullmatch(key)]:
            for field in rule.get("fields", list(section[key])):
                section[key].pop(field, None)
            if "fields" not in rule:
                del section[key]
    return manifest


def load_digests(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return {}


def main(root, leader, ignore_file, digests_file, *folders):
    known_digests.update(load_digests(digests_file))
    files = {}
    for folder in [*FOLDERS, *folders]:
        read_tree(root, folder, files, times=True)
    for folder in RUNTIME:
        read_tree("/proc/%s/root" % leader, folder, files, times=False)
    manifest = {
        "files": files,
        "units": read_units(leader),
        "ownUnits": read_own_units(leader),
        "users": read_users(root),
        "groups": read_groups(root),
        "firewall": read_firewall(leader),
        "network": read_network(leader),
        "mounts": read_mounts(leader),
    }
    with open(digests_file, "w", encoding="utf-8") as file:
        json.dump(known_digests, file)
    with open(ignore_file, encoding="utf-8") as file:
        rules = json.load(file)
    # In one piece: written bit by bit it took as long as everything else.
    sys.stdout.write(json.dumps(leave_out(manifest, rules)))


main(*sys.argv[1:])
