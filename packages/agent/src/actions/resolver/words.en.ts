/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  asks: 'This host sends DNS queries to {servers} and no longer to {before}.',
  byFile:
    '{path} gets a marked block, and its own name servers are commented out, with a mark. Programs that read the file only when they start continue as before.',
  rename:
    'The file is replaced by one atomic rename. Its mode, owner, ACL and attributes stay. Resolver caches are emptied.',
  fileRollback:
    'Roll back: the original file itself takes its place again. If somebody else changed the file, only the marked lines are removed.',
  bySettings:
    '{manager, select, NetworkManager {NetworkManager gets a settings file of its own in {folder} and reads its settings again. It writes /etc/resolv.conf anew.} other {{manager} gets a settings file of its own in {folder} and is restarted, which takes a moment. /etc/resolv.conf is not touched.}}',
  connection: 'Names below {domains} are still asked of the name servers of {connection}.',
  pending: 'Settings of it that somebody changed and did not load yet take effect at the same time.',
  settingsRollback:
    'Roll back: the file is removed, and the settings are read again. What somebody else set meanwhile stays. A restart of the host removes the file as well: it lies in /run.',
  fails: '{name} no longer resolves.',
  leads: '{name} leads to {address}.',
} as const
