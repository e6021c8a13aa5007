#!/bin/sh
# The same edit as hosts.override, as a careful administrator would script it: save, edit, check, roll back, check, with
# every step forced to disk before the next one. Usage: edit.sh HOSTS_FILE JOURNAL_FOLDER ADDRESS NAME
set -eu
hosts=$1 journal=$2 address=$3 name=$4
folder=$(dirname "$hosts")
line="$address $name"

# The saved original and the note that something is about to be changed, durable before anything is touched.
cp --preserve=all "$hosts" "$journal/original"
sync "$journal/original"
printf 'injecting %s\n' "$line" >>"$journal/log"
sync "$journal/log"
sync "$journal"

# The edit: a copy beside it takes its name.
cp --preserve=all "$hosts" "$hosts.new"
{ printf '%s\n' "$line"; cat "$journal/original"; } >"$hosts.new"
sync "$hosts.new"
mv "$hosts.new" "$hosts"
sync "$folder"
grep -qxF "$line" "$hosts"
printf 'injected\n' >>"$journal/log"
sync "$journal/log"

# The way back.
printf 'reverting\n' >>"$journal/log"
sync "$journal/log"
cp --preserve=all "$journal/original" "$hosts.new"
sync "$hosts.new"
mv "$hosts.new" "$hosts"
sync "$folder"
cmp -s "$journal/original" "$hosts"
rm "$journal/original"
printf 'reverted\n' >>"$journal/log"
sync "$journal/log"
sync "$journal"
