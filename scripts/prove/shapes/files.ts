import { noteIn } from '../people.ts'
import type { Setting } from '../proved.ts'
import { etc } from '../scene.ts'

/** These put all files back as copies: links, flags and mounts of the scene would not be what they were. */
const NO_COPY = ['restored', 'old journal']
/** Only the folders of the host itself can be full or write-protected here. */
const MOUNTED = [...NO_COPY, 'ENOSPC', 'EROFS']

const base = { things: etc, without: NO_COPY }
const entries = { entries: [{ name: 'erp.example.test', address: '192.0.2.7' }] }
const EMPTY_PLANS =
  'mkdir -m 750 /srv/plans; chgrp 1002 /srv/plans; echo two > /srv/plans/wing.txt; chmod 640 /srv/plans/wing.txt'
const anna = { path: '/srv/plans', account: 'anna' }
const DATA =
  'mkdir -m 2770 /srv/data; chgrp 1002 /srv/data; echo one > /srv/data/order.txt; chown 1001 /srv/data/order.txt'
const folder = { folder: '/srv/data' }
/** Wherever the folder is just now. */
const THEIR_LINE = "find /srv -name order.txt -exec grep --quiet theirs '{}' ';' -printf found | grep --quiet found"

/** More hosts files. */
export const hostsShapes: readonly Setting[] = [
  {
    ...base,
    title: 'the hosts file has a second name (hard link)',
    prepare: 'ln /etc/hosts /etc/hosts.second',
    params: entries,
    refused: true,
  },
  {
    ...base,
    title: 'the hosts file is a bind mount',
    prepare: 'cp /etc/hosts /srv/hosts.bound; mount --bind /srv/hosts.bound /etc/hosts',
    params: entries,
    refused: true,
  },
  { ...base, title: 'the hosts file is immutable', prepare: 'chattr +i /etc/hosts', params: entries, refused: true },
  {
    ...base,
    title: 'the hosts file is empty',
    prepare: ': > /etc/hosts',
    params: entries,
  },
]

/** More folders and files that rights are taken from. */
export const permissionShapes: readonly Setting[] = [
  {
    ...base,
    title: 'a folder with default access lists for several',
    prepare: `${EMPTY_PLANS}; setfacl -m user:1001:rwx,group:1001:rx,mask::rwx,default:user:1001:rwx,default:group:1002:rx,default:mask::rwx /srv/plans`,
    params: anna,
  },
  {
    ...base,
    title: 'a file with a second name (hard link)',
    prepare: `${EMPTY_PLANS}; setfacl -m user:1001:rw /srv/plans/wing.txt; chmod o+x /srv/plans; ln /srv/plans/wing.txt /srv/wing.second`,
    params: { path: '/srv/plans/wing.txt', account: 'anna' },
  },
  {
    ...base,
    title: 'a folder with a file system mounted below',
    prepare: `${EMPTY_PLANS}; setfacl -m user:1001:rwx /srv/plans; mkdir /srv/plans/nested; mount -t tmpfs none /srv/plans/nested; echo deep > /srv/plans/nested/deep.txt`,
    params: anna,
    without: MOUNTED,
  },
  {
    ...base,
    title: 'a folder that is a bind mount of another',
    prepare: `${EMPTY_PLANS}; setfacl -m user:1001:rwx /srv/plans; mkdir /srv/origin; mv /srv/plans/wing.txt /srv/origin/; cp --attributes-only -p /srv/plans/. /srv/origin/ 2>/dev/null || true; setfacl -m user:1001:rwx /srv/origin; mount --bind /srv/origin /srv/plans`,
    params: anna,
    without: MOUNTED,
  },
  {
    ...base,
    title: 'an immutable file',
    prepare: `${EMPTY_PLANS}; setfacl -m user:1001:rw /srv/plans/wing.txt; chmod o+x /srv/plans; chattr +i /srv/plans/wing.txt`,
    params: { path: '/srv/plans/wing.txt', account: 'anna' },
    refused: true,
  },
]

/** More folders that are quarantined. */
export const quarantineShapes: readonly Setting[] = [
  {
    ...base,
    title: 'files with second names (hard links) within the folder and outside of it',
    prepare: `${DATA}; ln /srv/data/order.txt /srv/data/order.again; ln /srv/data/order.txt /srv/order.outside`,
    params: folder,
  },
  {
    ...base,
    title: 'an immutable file within the folder',
    prepare: `${DATA}; chattr +i /srv/data/order.txt`,
    params: folder,
  },
  {
    ...base,
    title: 'default access lists of the folder above',
    prepare: `${DATA}; setfacl -m default:user:1001:rwx /srv`,
    params: folder,
  },
  {
    ...base,
    title: 'a file system mounted within the folder',
    prepare: `${DATA}; mkdir /srv/data/nested; mount -t tmpfs none /srv/data/nested`,
    params: folder,
    refused: true,
  },
  {
    ...base,
    title: 'the folder is a bind mount of another',
    prepare: `${DATA}; mkdir /srv/origin; mount --bind /srv/origin /srv/data`,
    params: folder,
    refused: true,
  },
  {
    things: etc,
    // No disk is remounted read-only while a program may write into a file of it.
    without: [...NO_COPY, 'EROFS'],
    title: 'a program has a file within the folder open, and writes into it',
    prepare: DATA,
    holds: '/srv/data/order.txt',
    params: folder,
    people: [
      {
        title: 'lets the program write a line into the file that it has open',
        does: `echo theirs > /run/say; for try in $(seq 200); do ! ${THEIR_LINE} || exit 0; sleep 0.02; done; exit 1`,
        still: 'grep --quiet theirs /srv/data/order.txt',
        differs: [/^files \/srv\/data\/order\.txt: (mtime|size|sha256) /],
      },
    ],
  },
  {
    ...base,
    title: 'a sparse file, a pipe and odd names',
    prepare: `${DATA}; truncate -s 1M /srv/data/sparse; mkfifo /srv/data/pipe; touch "/srv/data/ blank " "/srv/data/-rf"`,
    params: folder,
  },
]

/** More folders that are filled. */
export const fillShapes: readonly Setting[] = [
  {
    ...base,
    title: 'a folder that is a bind mount of another on the same disk',
    prepare: 'mkdir /srv/spool/inner /srv/bound; mount --bind /srv/spool/inner /srv/bound',
    params: { folder: '/srv/bound', leavePercent: 25, atMostMiB: 16 },
    people: [noteIn('/srv/bound', '/srv/spool/inner')],
  },
]
