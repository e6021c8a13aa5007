import type { Setting } from '../proved.ts'
import { etc } from '../scene.ts'

const without = ['restored', 'old journal']
const anna = { account: 'anna', group: 'planners' }

/** More account files that are odd and legal. */
export const membershipShapes: readonly Setting[] = [
  {
    title: 'a blank after a comma in /etc/group',
    things: etc,
    prepare: "sed -i 's/^planners:.*/planners:x:1002:bela, anna/' /etc/group",
    params: anna,
    without,
  },
  {
    title: 'a blank behind the names in /etc/group, which makes them other names',
    things: etc,
    prepare: "sed -i 's/^planners:.*/planners:x:1002:bela ,anna /' /etc/group",
    params: anna,
    refused: true,
  },
  {
    title: 'no last newline in /etc/group',
    things: etc,
    prepare: 'truncate -s -1 /etc/group',
    params: anna,
    without,
  },
  {
    title: 'an access list on /etc/group and a second group with the number',
    things: etc,
    prepare: 'echo "drawers:x:1002:bela" >> /etc/group; setfacl -m user:1003:r /etc/group',
    params: anna,
    without,
  },
]

/** More rows of accounts. */
export const accountShapes: readonly Setting[] = [
  {
    title: 'no last newline in /etc/shadow, and an end date',
    things: etc,
    prepare: "sed -i 's/^anna:.*/anna:$6$salt$hash:19000:0:99999:7::30000:/' /etc/shadow; truncate -s -1 /etc/shadow",
    params: { account: 'anna' },
    without,
  },
]

const THEIRS = `nft -f - <<'END'
table inet own {
  set guests { type ipv4_addr; flags interval; elements = { 203.0.113.0/24 } }
  chain input { type filter hook input priority 0; policy accept; ip saddr @guests counter accept; }
  chain output { type filter hook output priority 10; policy accept; ip daddr 198.51.100.8 counter drop; }
}
END`

/** A firewall of somebody's own, with chains at the same hooks and a set. */
export const ownFirewall = (params: object): Setting => ({
  title: 'somebody’s own firewall table, with a set and chains at the same hooks',
  things: etc,
  atBoot: THEIRS,
  params,
})
