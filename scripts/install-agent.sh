#!/bin/sh
# Installs, updates or removes the Chaos Lite agent on a Linux host with systemd. Run as root. It can be run again: what is
# as it should be is left alone. --dry-run prints every file it would write and every command it would run.
set -eu
# Whatever the shell that calls has set: folders and programs are readable to all, and writable to root alone.
umask 022

usage() {
  cat <<'USAGE'
Usage:
  install-agent.sh --binary FILE --sha256 HEX --controller URL --token-file FILE [options]
  install-agent.sh uninstall [--purge] [--dry-run]

Options of installing:
  --binary FILE       the agent's executable
  --sha256 HEX        its SHA-256 digest, as the build printed it; another file is refused before anything is done
  --unverified        install it without that check
  --controller URL    the controller, such as https://chaos.example.test
  --token-file FILE   file that holds the one-time enrolment token; - reads it from the standard input
  --ca FILE           PEM certificate of a private authority that signed the controller's certificate
  --labels K=V,...    labels that this host proposes, such as role=web,site=main; an administrator confirms them
  --profile NAME      what this host is, for the starter policy (chaos-lite-agent policy starter --help)
  --policy FILE       install this policy instead of a starter; a policy that you wrote or changed is never overwritten
  --enrol-again       make a new identity although there is one that works
  --dry-run           change nothing; print what would be done

Uninstalling rolls everything back first, and refuses while something cannot be rolled back.
  --purge             also remove configuration, identity and unsent facts

DESTDIR=DIR installs the files below DIR only: no account, no enrolment, no systemctl. For packagers, whose package makes
the system account chaos-lite, and which a signature of its own protects: there --sha256 may be left out.
USAGE
}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install-agent: %s\n' "$*" >&2
  exit 1
}

dest="${DESTDIR:-}"
lib=/usr/local/lib/chaos-lite
link=/usr/local/bin/chaos-lite-agent
config=/etc/chaos-lite
state=/var/lib/chaos-lite
units=/etc/systemd/system

command=install binary='' sha256='' unverified=no controller='' token_file='' ca='' labels='' profile='' policy='' again=no dry=no purge=no changed=no new_policy=no

case "${1:-}" in
  uninstall) command=uninstall && shift ;;
  install) shift ;;
esac
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) dry=yes && shift && continue ;;
    --purge) purge=yes && shift && continue ;;
    --enrol-again) again=yes && shift && continue ;;
    --unverified) unverified=yes && shift && continue ;;
    -h | --help) usage && exit 0 ;;
  esac
  [ $# -ge 2 ] || fail "$1 is no option, or needs a value. Try --help."
  case "$1" in
    --binary) binary=$2 ;;
    --sha256) sha256=$2 ;;
    --controller) controller=$2 ;;
    --token-file) token_file=$2 ;;
    --ca) ca=$2 ;;
    --labels) labels=$2 ;;
    --profile) profile=$2 ;;
    --policy) policy=$2 ;;
    *) fail "$1 is no option. Try --help." ;;
  esac
  shift 2
done

# Runs a command, or prints it. Whatever it does, the agent that runs is no longer what is installed.
run() {
  changed=yes
  if [ "$dry" = yes ]; then
    say "would run:   $*"
  else
    "$@"
  fi
}

folder() { # mode path
  [ -d "$dest$2" ] && [ "$(stat -c %a "$dest$2")" = "$1" ] && return 0
  changed=yes
  say "folder $1   $2"
  [ "$dry" = yes ] && return 0
  mkdir -p "$dest$2"
  chmod "$1" "$dest$2"
}

# Writes the standard input to a file; at no moment is a part of it there, or readable to others.
put() { # mode path
  if [ "$dry" = yes ]; then
    changed=yes
    say "would write: $2 (mode $1)"
    sed 's/^/    | /'
    return 0
  fi
  fresh="$dest$2.new"
  (umask 077 && cat >"$fresh")
  chmod "$1" "$fresh"
  if cmp -s "$fresh" "$dest$2" && [ "$(stat -c %a "$dest$2")" = "$1" ]; then
    rm -f "$fresh"
    return 0
  fi
  changed=yes
  sync "$fresh"
  mv -f "$fresh" "$dest$2"
  say "wrote $1    $2"
}

need_root() {
  [ -n "$dest" ] || [ "$dry" = yes ] || [ "$(id -u)" = 0 ] || fail 'run this as root: it installs a system service.'
  [ -n "$dest" ] || [ "$dry" = yes ] || [ -d /run/systemd/system ] ||
    fail 'systemd does not run here. The agent needs it for its safety timer.'
}

# Is this file the one that was built? Nothing of it runs before this.
check_digest() { # file
  [ "$unverified" = no ] || return 0
  if [ -z "$sha256" ]; then
    [ -z "$dest" ] || return 0
    fail '--sha256 is missing: the digest that the build printed for the agent. --unverified installs without it.'
  fi
  wanted=$(printf '%s' "$sha256" | tr 'A-F' 'a-f')
  case "$wanted" in *[!0-9a-f]*) wanted='' ;; esac
  [ "${#wanted}" = 64 ] || fail "--sha256 takes 64 hexadecimal digits; given: $sha256"
  found=$(sha256sum <"$1") || fail "the digest of $binary cannot be computed: is sha256sum installed?"
  found=${found%% *}
  [ "$found" = "$wanted" ] ||
    fail "$binary is not the file that was built: its SHA-256 is $found, expected $wanted. Nothing was installed."
}

# What is installed is a copy that nobody but root can change, checked once more: $binary may lie where others write.
take_program() {
  program=$binary
  if [ "$dry" = no ]; then
    mkdir -p "$dest$(dirname "$lib")"
    incoming=$(mktemp -d "$dest$lib-incoming.XXXXXX")
    trap 'rm -rf "$incoming"' EXIT
    program="$incoming/chaos-lite-agent"
    cp "$binary" "$program"
    chmod 755 "$program"
    check_digest "$program"
  fi
  version=$("$program" --version 2>/dev/null) || fail "$binary does not run on this host."
  case "$version" in
    [0-9]*.[0-9]*.[0-9]*) ;;
    *) fail "$binary is not the Chaos Lite agent." ;;
  esac
  case "$version" in *[!0-9A-Za-z.+-]*) fail "$binary has a strange version: $version" ;; esac
}

check_arguments() {
  [ -n "$binary" ] || fail '--binary is missing: the file of the agent. Try --help.'
  [ -r "$binary" ] || fail "$binary cannot be read."
  case "$binary" in /*) ;; *) binary="$PWD/$binary" ;; esac
  check_digest "$binary"
  [ -z "$policy" ] || [ -r "$policy" ] || fail "$policy cannot be read."
  [ -z "$policy" ] || [ -z "$profile" ] || fail 'give --profile or --policy, not both.'
  [ -z "$ca" ] || grep -q 'BEGIN CERTIFICATE' "$ca" || fail "$ca is not a PEM certificate."
  enrol=yes
  [ "$again" = no ] && [ -e "$dest$state/identity.json" ] && enrol=unless-enrolled
  [ -n "$dest" ] && enrol=no
  [ "$enrol" != yes ] || need_token
}

need_token() {
  [ -n "$controller" ] || fail '--controller is missing: where the controller is. Try --help.'
  [ -n "$token_file" ] || fail '--token-file is missing: make a token with "chaos-lite token create".'
  [ "$token_file" = - ] || [ -r "$token_file" ] || fail "$token_file cannot be read."
}

# What a person may have mistyped is found here, while nothing is installed.
check_controller() {
  [ "$enrol" = yes ] || return 0
  case "$controller" in
    https://?* | http://?*) ;;
    *) fail "--controller must be an address such as https://chaos.example.test:8321; given: $controller. Nothing was installed." ;;
  esac
  # A proxy asks for the name itself.
  [ -z "${HTTPS_PROXY:-}${https_proxy:-}${HTTP_PROXY:-}${http_proxy:-}" ] || return 0
  name=${controller#*://}
  name=${name%%/*}
  case "$name" in '['*) return 0 ;; esac
  name=${name%%:*}
  getent ahosts "$name" >/dev/null ||
    fail "no address is known for $name, the name in --controller. Is it right, and does this host find it? Nothing was installed."
}

# Is there an identity that works, at the controller that is asked for? The program knows; where it does not, the host is
# enrolled anew. Its standard input is not ours: the token may come there.
choose_enrolment() {
  [ "$enrol" = unless-enrolled ] || return 0
  enrol=no
  set -- enrolment
  [ -z "$controller" ] || set -- "$@" --controller "$controller"
  if said=$("$program" "$@" </dev/null 2>&1); then
    say "kept         $state/identity.json (this host is enrolled there, and was not revoked)"
    [ -z "$token_file" ] || say 'The token was not used, and is still good: --enrol-again uses it.'
    return 0
  fi
  # An update needs no token, and repairs the program also where the host was revoked.
  if [ -z "$controller$token_file" ]; then
    say "$said"
    return 0
  fi
  # What comes after it is the command that is run here.
  printf '%s\n' "$said" | head -n 1
  enrol=yes
  need_token
  check_controller
}

# The text of a starter policy, asked for before anything is installed: a profile may not be there.
choose_policy() {
  starter=''
  [ -z "$policy" ] || return 0
  [ -n "$profile" ] || [ ! -e "$dest$config/policy.yaml" ] || return 0
  starter=$("$program" policy starter --profile "${profile:-none}" </dev/null) ||
    fail "there is no starter policy for ${profile:-none}. Nothing was installed."
}

# Is the policy byte for byte what this installer wrote? An older one left no digest of it; then it may be the empty starter.
is_untouched() {
  found=$(sha256sum <"$dest$config/policy.yaml") || return 1
  if [ -e "$dest$state/starter.sha256" ]; then
    [ "$found" = "$(cat "$dest$state/starter.sha256")" ]
  else
    [ "$found" = "$("$program" policy starter --profile none </dev/null 2>/dev/null | sha256sum)" ]
  fi
}

install_program() {
  folder 755 "$lib"
  folder 755 "$lib/$version"
  place="$lib/$version/chaos-lite-agent"
  if ! cmp -s "$program" "$dest$place"; then
    changed=yes
    say "program      $place"
    if [ "$dry" = no ]; then
      sync "$program"
      mv -f "$program" "$dest$place"
      program="$dest$place"
    fi
  fi
  [ "$(readlink "$dest$link" 2>/dev/null)" = "$place" ] && return 0
  changed=yes
  say "link         $link -> $place"
  [ "$dry" = yes ] && return 0
  mkdir -p "$dest/usr/local/bin"
  ln -sfn "$place" "$dest$link.new"
  mv -Tf "$dest$link.new" "$dest$link"
}

# The agent reads it when it changes: nothing is restarted for it.
install_policy() {
  before=$changed
  if [ -e "$dest$config/policy.yaml" ] && ! { [ -n "$policy$profile" ] && is_untouched; }; then
    keep_policy
  elif [ -n "$policy" ]; then
    put 644 "$config/policy.yaml" <"$policy"
    [ "$dry" = yes ] || rm -f "$dest$state/starter.sha256"
  else
    # Not through a pipe: what it notes would be lost with the shell behind it.
    put 644 "$config/policy.yaml" <<FILE
$starter
FILE
    [ "$dry" = yes ] || (umask 077 && printf '%s\n' "$starter" | sha256sum >"$dest$state/starter.sha256")
  fi
  [ "$changed" = "$before" ] || new_policy=yes
  changed=$before
}

keep_policy() {
  same=yes
  [ -z "$policy" ] || cmp -s "$policy" "$dest$config/policy.yaml" || same=no
  [ -z "$profile" ] || [ "$starter" = "$(cat "$dest$config/policy.yaml")" ] || same=no
  if [ "$same" = yes ]; then
    say "kept         $config/policy.yaml (yours)"
    return 0
  fi
  say "--${profile:+profile }${profile:-policy $policy} had no effect: $config/policy.yaml was changed since it was written, and is kept."
  [ -z "$profile" ] || "$program" policy starter --profile "$profile" --as-command </dev/null ||
    say 'chaos-lite-agent policy allow --help shows how to add to it.'
}

install_config() {
  folder 755 "$config"
  folder 700 "$state"
  install_policy
  [ -e "$dest$config/credentials.yaml" ] || put 600 "$config/credentials.yaml" <<'FILE'
# Accounts that probes may log in with, by name. The controller only ever knows the names.
{}
FILE
  [ -e "$dest$config/repositories.yaml" ] || put 600 "$config/repositories.yaml" <<'FILE'
# Backup repositories that may be read, by name. The controller only ever knows the names.
{}
FILE
}

install_units() {
  [ -z "$dest" ] || [ "$dry" = yes ] || mkdir -p "$dest$units"
  put 644 "$units/chaos-lite-recover-early.service" <<'FILE'
# After a reboot or a power cut, first phase: files, rights and accounts that were changed when the machine went down are
# rolled back before services read them. Needs neither the network nor the controller. What is not plainly as the agent left
# it waits for the second phase. Skipped while nothing is open. The agent starts no failure while this is not enabled.
[Unit]
Description=Chaos Lite rolls files back before services start
DefaultDependencies=no
After=local-fs.target
# systemd-tmpfiles takes away what a power cut left of locks in /etc, and with them the time that /etc had.
Before=systemd-tmpfiles-setup.service sysinit.target shutdown.target
Conflicts=shutdown.target
ConditionDirectoryNotEmpty=/var/lib/chaos-lite/journal
Wants=chaos-lite-recover-early-kept.service

[Service]
Type=oneshot
ExecStart=/usr/local/bin/chaos-lite-agent revert --all --cause recovery --phase early
RuntimeDirectory=chaos-lite
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
# The boot waits for it no longer than this.
TimeoutStartSec=90s
UMask=0077

[Install]
WantedBy=sysinit.target
FILE
  put 644 "$units/chaos-lite-recover-early-kept.service" <<'FILE'
# The same once more, with the copy of the program that the last failure was armed with: for a host whose installed program
# is broken or gone. Asked after the first one: skipped where that has left nothing open. Rolling back twice is like once.
[Unit]
Description=Chaos Lite rolls files back before services start, with the kept copy of its program
DefaultDependencies=no
After=local-fs.target chaos-lite-recover-early.service
Before=systemd-tmpfiles-setup.service sysinit.target shutdown.target
Conflicts=shutdown.target
ConditionDirectoryNotEmpty=/var/lib/chaos-lite/journal
ConditionFileIsExecutable=/var/lib/chaos-lite/bin/kept

[Service]
Type=oneshot
ExecStart=/var/lib/chaos-lite/bin/kept revert --all --cause recovery --phase early
RuntimeDirectory=chaos-lite
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
TimeoutStartSec=90s
UMask=0077
FILE
  put 644 "$units/chaos-lite-recover-kept.service" <<'FILE'
# Started where chaos-lite-recover.service fails: the same with the copy of the program that the last failure was armed with,
# for a host whose installed program is broken or gone.
[Unit]
Description=Chaos Lite rolls back what was open when the machine went down, with the kept copy of its program
DefaultDependencies=no
After=sysinit.target basic.target chaos-lite-recover.service
Before=shutdown.target
Conflicts=shutdown.target
ConditionDirectoryNotEmpty=/var/lib/chaos-lite/journal
ConditionFileIsExecutable=/var/lib/chaos-lite/bin/kept

[Service]
Type=oneshot
ExecStart=/var/lib/chaos-lite/bin/kept revert --all --cause recovery
RuntimeDirectory=chaos-lite
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
TimeoutStartSec=15min
UMask=0077
FILE
  put 644 "$units/chaos-lite-recover.service" <<'FILE'
# After a reboot or a power cut, second phase: services, and whatever the first phase left. Needs neither the network nor
# the controller. The agent starts no failure while this unit is not enabled. Without the default dependencies no target
# waits for it: it may itself wait for a service that starts after a target.
[Unit]
Description=Chaos Lite rolls back what was open when the machine went down
DefaultDependencies=no
Requires=sysinit.target
After=sysinit.target basic.target
Before=shutdown.target
Conflicts=shutdown.target
ConditionDirectoryNotEmpty=/var/lib/chaos-lite/journal
OnFailure=chaos-lite-recover-kept.service

[Service]
Type=oneshot
ExecStart=/usr/local/bin/chaos-lite-agent revert --all --cause recovery
RuntimeDirectory=chaos-lite
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
TimeoutStartSec=15min
UMask=0077

[Install]
WantedBy=multi-user.target
FILE
  put 644 "$units/chaos-lite-link.service" <<'FILE'
# The part of the agent that talks to the network, and all of it that runs on an idle host. It holds no key, no journal and
# no policy: it carries frames between the controller and the root part, which checks everything itself.
[Unit]
Description=Chaos Lite link: the connection to the controller, without privileges
Wants=network-online.target
Requires=chaos-lite-agent.socket
# Not after chaos-lite-recover.service: no part of the boot may wait for that one. The root part recovers before it lets
# this one in.
After=network-online.target chaos-lite-agent.socket
# Stopped after the root part, so that the facts of the last reverts are still sent; and together with it.
Before=chaos-lite-agent.service
PartOf=chaos-lite-agent.service
StartLimitIntervalSec=0

[Service]
Type=exec
User=chaos-lite
Group=chaos-lite
ExecStart=/usr/local/bin/chaos-lite-agent link
# HTTPS_PROXY and NO_PROXY, where a proxy is on the way.
EnvironmentFile=-/etc/chaos-lite/environment
Restart=always
RestartSec=1
UMask=0077
LimitCORE=0
TasksMax=32
# It may speak over the network and to the root part's socket, and nothing else. Not MemoryDenyWriteExecute: Node.js
# compiles while it runs, and would be killed at start.
AmbientCapabilities=
CapabilityBoundingSet=
KeyringMode=private
LockPersonality=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
FILE
  put 644 "$units/chaos-lite-agent.socket" <<'FILE'
[Unit]
Description=Chaos Lite agent: where the link reaches the root part, and wakes it

[Socket]
ListenStream=/run/chaos-lite-agent.sock
# Who may connect: root, and the link.
SocketMode=0660
SocketGroup=chaos-lite
Backlog=16
RemoveOnStop=yes
# A service that fails at start is started again by its own rules; the socket must not give up.
TriggerLimitIntervalSec=0

[Install]
WantedBy=sockets.target
FILE
  put 644 "$units/chaos-lite-agent.service" <<'FILE'
# The part of the agent that may change the host. It runs while something is held, a run is open or facts are to be sent;
# otherwise it ends, and the socket starts it when the link has something for it. Stopping it stops the whole agent, and puts
# everything back.
[Unit]
Description=Chaos Lite agent: small failures, always rolled back
Requires=chaos-lite-agent.socket
Wants=chaos-lite-link.service
# Not after chaos-lite-recover.service: no part of the boot may wait for that one. The lock lets one of both work.
After=chaos-lite-agent.socket
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/local/bin/chaos-lite-agent serve
# However it ended, kill -9 included: everything is rolled back. Not what a rehearsal holds that is alive: it rolls back itself.
ExecStopPost=/usr/local/bin/chaos-lite-agent revert --all --cause recovery
Restart=on-failure
RestartSec=1
# Only the agent is asked to stop; what it runs meanwhile (a service being started again) is left to finish.
KillMode=mixed
TimeoutStopSec=15min
EnvironmentFile=-/etc/chaos-lite/environment
RuntimeDirectory=chaos-lite
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
UMask=0077
LimitCORE=0
OOMScoreAdjust=-500
# Rolling a host back needs files, services, accounts, access lists, network rules and mounts of the whole system, so this
# part is root and sees what everybody sees. What no drill needs is taken away. Left out, and why:
#   everything that makes a mount namespace (ProtectSystem, PrivateTmp, ProtectKernelTunables, ProtectClock, ...): what is
#     mounted or unmounted there, and an /etc that is read-only, would be another one than the host's;
#   ProtectHostname: the inventory would go on reporting an old name;
#   RestrictSUIDSGID: a set-uid bit that was there has to be rolled back;
#   MemoryDenyWriteExecute: Node.js would be killed at start.
CapabilityBoundingSet=~CAP_BLOCK_SUSPEND CAP_BPF CAP_LEASE CAP_MAC_ADMIN CAP_MAC_OVERRIDE CAP_PERFMON
CapabilityBoundingSet=~CAP_SYSLOG CAP_SYS_BOOT CAP_SYS_MODULE CAP_SYS_PACCT CAP_SYS_RAWIO CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_WAKE_ALARM
KeyringMode=private
LockPersonality=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap

[Install]
WantedBy=multi-user.target
FILE
}

# The account of the part that talks to the network. It owns no file.
install_account() {
  [ -z "$dest" ] || return 0
  getent passwd chaos-lite >/dev/null && return 0
  if getent group chaos-lite >/dev/null; then
    run useradd --system --gid chaos-lite --no-create-home --home-dir / --shell /usr/sbin/nologin chaos-lite
  else
    run useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin chaos-lite
  fi
}

# First of all: while the token was not accepted, nothing is written.
enrol_host() {
  [ "$enrol" = yes ] || return 0
  set -- enrol --controller "$controller" --token-file "$token_file"
  [ -z "$ca" ] || set -- "$@" --ca-file "$ca"
  rest=$labels
  while [ -n "$rest" ]; do
    set -- "$@" --label "${rest%%,*}"
    case "$rest" in *,*) rest=${rest#*,} ;; *) rest='' ;; esac
  done
  if [ "$dry" = yes ]; then
    say "would run:   $link $*"
    return 0
  fi
  # The controller that a drill belongs to must not change under it.
  [ ! -e "$state/journal" ] || nothing_open "$program" || fail "a failure is in place on this host, or its journal cannot be read (chaos-lite-agent status shows it). Nothing was changed. When it is rolled back, run this again, or: chaos-lite-agent $*"
  "$program" "$@" || {
    # What it may have made, and nothing else: an empty folder.
    [ ! -d "$state" ] || rmdir "$state" 2>/dev/null || true
    fail 'this host was not enrolled; the reason is above. Nothing was installed or changed.'
  }
}

# Is everything in place that this run would install, and does it run? A restart would end the drill under way.
is_installed() {
  [ "$changed" = no ] && [ "$enrol" = no ] || return 1
  # Asked one by one: of several units, one that runs would do.
  for unit in chaos-lite-agent.socket chaos-lite-link.service; do
    systemctl is-active --quiet "$unit" || return 1
  done
  for unit in chaos-lite-recover-early.service chaos-lite-recover.service chaos-lite-agent.socket chaos-lite-link.service chaos-lite-agent.service; do
    systemctl is-enabled --quiet "$unit" || return 1
  done
  for unit in chaos-lite-agent.socket chaos-lite-link.service chaos-lite-agent.service; do
    [ "$(systemctl show --value --property=NeedDaemonReload "$unit")" = no ] || return 1
  done
}

# What another program, or a change of a unit, does to a drill under way is said before it is done.
warn_of_drill() {
  [ "$dry" = no ] && [ "$enrol" = no ] && [ -e "$link" ] || return 0
  nothing_open "$link" || say 'A failure is in place on this host. The agent is restarted: it is rolled back now, and its run is aborted.'
}

start_services() {
  [ -z "$dest" ] || return 0
  if is_installed; then
    what='Nothing was changed, and nothing is restarted.'
    [ "$new_policy" = no ] || what='Its policy was changed; nothing is restarted.'
    say "done: chaos-lite-agent $version is installed and runs already. $what"
    return 0
  fi
  # First: from now on a reboot rolls back what was open.
  run systemctl enable --quiet --no-reload chaos-lite-recover-early.service chaos-lite-recover.service
  run systemctl daemon-reload
  # systemd reads its units anew after each change: until then systemd 257 calls every unit of the host outdated, and the
  # agent stops nothing that may not start again as it runs.
  run systemctl enable --quiet chaos-lite-agent.socket chaos-lite-link.service chaos-lite-agent.service
  warn_of_drill
  # Stopping the old one rolls everything back before the new one starts. Its socket cannot begin beside it.
  # While it listens, it would start the service again.
  run systemctl stop chaos-lite-agent.socket
  run systemctl stop chaos-lite-agent.service
  run systemctl restart chaos-lite-agent.socket
  run systemctl start chaos-lite-link.service chaos-lite-agent.service
  [ "$dry" = yes ] && return 0
  for old in "$lib"/*; do
    [ "$old" = "$lib/$version" ] || rm -rf "$old"
  done
  say "done: chaos-lite-agent $version runs. What it may do is in $config/policy.yaml; ask \"chaos-lite-agent doctor\"."
}

nothing_open() { # program
  found=$("$1" status --json </dev/null 2>/dev/null) || true
  case "$found" in *'"open":[]'*) ;; *) return 1 ;; esac
  case "$found" in *'"unreadable":[]'*) return 0 ;; *) return 1 ;; esac
}

# Those that there are, one after the other.
stop_units() {
  for unit; do
    [ ! -e "$units/$unit" ] || run systemctl stop "$unit" || true
  done
}

uninstall() {
  name=$(uname -n)
  had=no
  for path in "$link" "$lib" "$config" "$state" "$units/chaos-lite-agent.service"; do
    [ ! -e "$path" ] || had=yes
  done
  enrolled=no
  [ ! -e "$state/identity.json" ] || enrolled=yes
  [ -z "$dest" ] || fail 'uninstall works on this host only, not below DESTDIR.'
  if [ -e "$link" ]; then
    # Before the service is stopped: it would roll back as well, and nobody would see what.
    run "$link" revert --all --cause shutdown || true
    # The socket first: while it listens, it would start the service again.
    stop_units chaos-lite-agent.socket chaos-lite-agent.service
    # What was started in between. Where nothing is open there is nothing to report.
    [ "$dry" = yes ] || nothing_open "$link" || "$link" revert --all --cause shutdown || true
    if [ "$dry" = no ] && ! nothing_open "$link"; then
      # Its socket and the link come with it.
      systemctl start chaos-lite-agent.service || true
      "$link" status >&2 || true
      fail "something could not be rolled back: follow the UNDO.txt in $state/journal, then try again. Nothing was removed."
    fi
  fi
  stop_units chaos-lite-agent.socket chaos-lite-agent.service chaos-lite-link.service
  for unit in chaos-lite-link.service chaos-lite-agent.socket chaos-lite-agent.service chaos-lite-recover-early.service chaos-lite-recover.service; do
    [ -e "$units/$unit" ] || continue
    run systemctl disable --quiet "$unit"
    run rm -f "$units/$unit"
  done
  # Never enabled: the others start them.
  for unit in chaos-lite-recover-early-kept.service chaos-lite-recover-kept.service; do
    [ ! -e "$units/$unit" ] || run rm -f "$units/$unit"
  done
  run systemctl daemon-reload
  run rm -rf "$link" "$lib" "$state/bin" /run/chaos-lite-agent.bell
  if [ "$purge" = yes ]; then
    run rm -rf "$config" "$state" /run/chaos-lite
    ! getent passwd chaos-lite >/dev/null || run userdel chaos-lite
  else
    for path in "$config" "$state"; do
      [ ! -e "$path" ] || say "kept         $path (--purge removes it)"
    done
  fi
  if [ "$had" = no ]; then
    say 'done: there was nothing of the agent to remove.'
    return 0
  fi
  say 'done: the agent is removed.'
  [ "$enrolled" = no ] ||
    say "The controller still knows this host, and would let its key in. At the controller: chaos-lite host revoke $name"
}

if [ "$command" = uninstall ]; then
  need_root
  uninstall
  exit 0
fi
check_arguments
check_controller
need_root
take_program
choose_enrolment
choose_policy
enrol_host
install_program
install_config
install_account
install_units
start_services
