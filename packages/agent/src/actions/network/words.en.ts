/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const filterWords = {
  admitted:
    'Always allowed: {controllers, select, none {} other {the controller ({controllers}), }}traffic within this host, SSH to this host (port {sshPorts}), connections by which people work on it now, DHCP, and neighbour discovery.',
  means:
    'By rules in an nftables table of our own. Tables of others are not touched. Existing connections are cut as well.',
  rollback:
    'Roll back: the table is deleted. If nothing of ours runs any more, the kernel itself opens it soon after the latest time of the roll back.',
} as const

/** What people read about `network.block`, as ICU messages by code. */
export const blockWords = {
  out: 'Nothing is sent to {where}: this host gets no answer.',
  outPorts: 'Nothing is sent to {where} at {protocol} port {ports}: this host gets no answer.',
  in: 'Nothing that comes from {where} is received.',
  inPorts: '{where} cannot reach this host at {protocol} port {ports}.',
  through: 'Nothing is forwarded between other machines and {where}.',
  throughPorts: 'Nothing is forwarded between other machines and {where} at {protocol} port {ports}.',
  except: 'Not blocked, although they lie in these ranges: {addresses}.',
  forwarded: 'What this host only forwards, for containers or other machines, is not blocked.',
} as const

/** What people read about `dns.block`, as ICU messages by code. */
export const dnsWords = {
  any: 'DNS queries to any name server get no answer (port {ports}): {name} does not resolve.',
  some: 'DNS queries to the name servers {servers} get no answer (port {ports}): {name} does not resolve.',
  still:
    'Names of the hosts file still resolve, and so does what a program asks over HTTPS. Resolver caches are emptied, so that the failure shows at once.',
  link: 'The link to the controller stays open. If it breaks meanwhile, its name may not resolve either.',
} as const
