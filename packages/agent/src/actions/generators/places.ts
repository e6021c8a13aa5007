import type { NameServerManager } from '../../host/index.ts'

/** Where a program keeps the file to which `/etc/hosts` or `/etc/resolv.conf` is a link. */
export interface KnownPlace {
  readonly name: string
  readonly place: RegExp
  /** For people. */
  readonly shown: string
  /** Its settings can be changed and rolled back instead. */
  readonly manager?: NameServerManager
}

/** The first one that fits counts. */
export const knownPlaces: readonly KnownPlace[] = [
  {
    name: 'systemd-resolved',
    place: /^\/run\/systemd\/resolve\/stub-resolv\.conf$|^(?:\/usr)?\/lib\/systemd\/resolv\.conf$/,
    shown: '`/run/systemd/resolve/stub-resolv.conf`, `/usr/lib/systemd/resolv.conf`',
    manager: 'systemd-resolved',
  },
  {
    name: 'NetworkManager',
    place: /^(?:\/var)?\/run\/NetworkManager\//,
    shown: '`/run/NetworkManager/`',
    manager: 'NetworkManager',
  },
  {
    // All servers stand in it, those of every connection behind the new ones.
    name: 'systemd-resolved, and read by each program itself, which asks the next server where one is silent',
    place: /^\/run\/systemd\/resolve\//,
    shown: '`/run/systemd/resolve/`, other files',
  },
  { name: 'resolvconf', place: /^\/run\/resolvconf\/|^\/etc\/resolvconf\/run\//, shown: '`/run/resolvconf/`' },
  { name: 'ConnMan', place: /^\/run\/connman\//, shown: '`/run/connman/`' },
  { name: 'netconfig', place: /^\/run\/netconfig\//, shown: '`/run/netconfig/`' },
  { name: 'Windows', place: /^\/mnt\/wsl\//, shown: '`/mnt/wsl/`' },
  { name: 'Nix', place: /^\/nix\/store\//, shown: '`/nix/store/`' },
  { name: 'Guix', place: /^\/gnu\/store\//, shown: '`/gnu/store/`' },
  {
    name: 'a program that writes it at each boot',
    place: /^(?:\/var)?\/run\/|^\/tmp\/|^\/dev\/shm\//,
    shown: 'everything else below `/run/`, `/tmp/` and `/dev/shm/`',
  },
]

/** Who keeps a file at this place; the path has no links in it. */
export function placeOf(path: string): KnownPlace | null {
  return knownPlaces.find(({ place }) => place.test(path)) ?? null
}
