import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { labAvailable } from './available.ts'
import type { DiskKind } from './disk.ts'
import { Lab, UNNAMED } from './lab.ts'
import { LabError } from './run.ts'
import { sweep } from './sweep.ts'

const USAGE = `npm run lab -- up [COUNT | NAME...] [--disk overlay|ext4|ext4-noauto|xfs]   real hosts, up until "down"
npm run lab -- exec HOST COMMAND...     run a command as a unit of the host
npm run lab -- crash HOST               kill every process of the host
npm run lab -- power-cut HOST           the same, and lose what was not synced (not on overlay)
npm run lab -- boot HOST                start it again
npm run lab -- reboot HOST              restart it from inside
npm run lab -- list                     the hosts, their addresses and whether they are up
npm run lab -- down                     end the lab; also clears away what killed runs left behind

--name NAME (first) names the lab when several are up.`

const DISKS: readonly string[] = ['overlay', 'ext4', 'ext4-noauto', 'xfs'] satisfies DiskKind[]

/** A verb's work; the returned number is the exit code. */
type Verb = (labName: string, args: string[]) => Promise<number>

const VERBS: Record<string, Verb> = {
  up,
  exec: async (name, [host = '', ...argv]) => await stream(await Lab.attach(name), host, argv),
  crash: onHost(async (lab, host) => await lab.host(host).crash()),
  'power-cut': onHost(async (lab, host) => void (await lab.host(host).powerCut())),
  boot: onHost(async (lab, host) => await lab.host(host).boot()),
  reboot: onHost(async (lab, host) => await lab.host(host).reboot()),
  list,
  down,
}

async function up(name: string, args: string[]): Promise<number> {
  const options = { disk: { type: 'string', default: 'overlay' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  if (!DISKS.includes(values.disk)) throw new LabError(`--disk must be one of ${DISKS.join(', ')}, not ${values.disk}`)
  const [first = '3'] = positionals
  const hosts = /^\d+$/.test(first) ? Array.from({ length: Number(first) }, (_, i) => `host${i + 1}`) : positionals
  const disk = values.disk as DiskKind
  await Lab.up({ name, hosts, disk, keep: true, log: (line) => console.error(line) })
  return await list(name)
}

async function list(name: string): Promise<number> {
  const lab = await Lab.attach(name)
  const lines = lab.hosts.map(async (host) =>
    [host.name, host.address, (await host.isUp()) ? 'up' : 'down', host.root].join('\t'),
  )
  console.log([...(await Promise.all(lines)), `this machine\t${lab.bridgeAddress}`].join('\n'))
  return 0
}

async function down(name: string): Promise<number> {
  const lab = await Lab.attach(name).catch(() => undefined)
  await lab?.down()
  const swept = await sweep()
  if (lab === undefined && swept.length === 0) console.log('nothing was up')
  for (const left of swept) console.log(`cleared away what was left of ${left}`)
  return 0
}

function onHost(work: (lab: Lab, host: string) => Promise<unknown>): Verb {
  return async (name, [host = '']) => {
    await work(await Lab.attach(name), host)
    return 0
  }
}

async function stream(lab: Lab, name: string, argv: string[]): Promise<number> {
  const host = lab.host(name)
  const command = [...host.unitCommand(`lab-exec-${randomUUID()}`), ...argv]
  const child = spawn('nsenter', [`--target=${await host.leader()}`, '--all', '--', ...command], { stdio: 'inherit' })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.on('error', reject).on('close', (code) => resolve(code ?? 1))
  return await promise
}

async function main(args: string[]): Promise<number> {
  const named = args[0] === '--name'
  const [verb = 'help', ...rest] = named ? args.slice(2) : args
  const work = VERBS[verb]
  if (work === undefined) {
    console.log(USAGE)
    return verb === 'help' || verb === '--help' ? 0 : 2
  }
  const available = labAvailable()
  if (!available.ok) throw new LabError(available.reason)
  return await work((named ? args[1] : undefined) ?? UNNAMED, rest)
}

process.exitCode = await main(process.argv.slice(2)).catch(async (error: unknown) => {
  console.error(error instanceof LabError ? error.message : error)
  return 1
})
