import { describe, expect, it } from 'vitest'
import { asText, sumTable } from '../../src/backups/postgres/tables.ts'
import { databaseProperties, OLDEST_SYSTEMD } from '../../src/exercises/box/properties.ts'
import { databaseUnit, exerciseUnit } from '../../src/exercises/box/unit.ts'

describe('the unit that a database is restored in', () => {
  it('is given no property that its systemd does not know', () => {
    const names = (version: number) => databaseProperties(version).map((set) => set.split('=')[0])
    expect(names(OLDEST_SYSTEMD)).not.toContain('ProtectClock')
    expect(names(246)).not.toContain('NoExecPaths')
    expect(names(247)).toEqual(expect.arrayContaining(['NoExecPaths', 'ProtectProc', 'ProtectClock']))
  })

  it('does not exist where systemd runs nothing', async () => {
    const work = { kind: 'newest', name: 'n', inside: '.', cacheFolder: null } as const
    const repository = { driver: 'postgres', location: '/var/backups/erp.dump' } as const
    const asked = { unit: 'u', owner: 'o', units: false, work: { ...work, repository }, writable: ['/nowhere'] }
    await expect(databaseUnit(asked)).rejects.toMatchObject({ code: 'capability-missing' })
  })
})

describe('the unit of every exercise', () => {
  it('leaves the host its memory, and is ended before its services', () => {
    const command = exerciseUnit('one', ['true'])
    expect(command).toEqual(expect.arrayContaining(['--property=MemoryMax=50%', '--property=OOMScoreAdjust=500']))
  })
})

describe('what is asked of a database', () => {
  it('turns a row into text as a whole, whatever its columns are called, and without a cast', () => {
    expect(sumTable('"public"."t"')).toContain(`md5(${asText('t.*')})`)
    expect(sumTable('"public"."t"')).not.toContain('::')
  })
})
