import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { type Archive, chosenArchives, globOf, seriesOf } from '../../src/backups/drivers/borg-series.ts'
import { chosenSnapshots } from '../../src/backups/drivers/restic-series.ts'
import { ofThisHost } from '../../src/backups/drivers/series.ts'
import { RepositoryDefinition } from '../../src/definitions/definitions.ts'

const OWN = hostname()
const at = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00Z`

function snapshot(
  id: string,
  hour: number,
  more: { hostname?: string; paths?: string[]; tags?: string[] | null } = {},
) {
  return { id: id.repeat(64), time: at(hour), hostname: OWN, paths: ['/srv/share'], tags: null, ...more }
}

function chosen(all: ReturnType<typeof snapshot>[], more: Partial<RepositoryDefinition> = {}, inside = 'srv/share') {
  const repository = { driver: 'restic', location: '/r', ...more } as const
  return chosenSnapshots({ repository, inside }, '/r', all).map(({ id }) => id[0])
}

describe('the snapshots of a shared restic repository', () => {
  it('are those of this host, newest first, whoever was the last to write', () => {
    const all = [snapshot('a', 1), snapshot('b', 3, { hostname: 'other' }), snapshot('c', 2)]
    expect(chosen(all)).toEqual(['c', 'a'])
  })

  it('are those of the one host there is, as on a server for backups; with several, one must be named', () => {
    const one = [snapshot('a', 1, { hostname: 'erp1' }), snapshot('b', 2, { hostname: 'erp1' })]
    expect(chosen(one)).toEqual(['b', 'a'])
    const two = [...one, snapshot('c', 3, { hostname: 'erp2' })]
    expect(() => chosen(two)).toThrow(/holds several series.*erp1, erp2; none of them is .*name one with `host`/)
    expect(chosen(two, { host: 'erp1' })).toEqual(['b', 'a'])
    expect(() => chosen(two, { host: 'erp3' })).toThrow(/No snapshot .* it holds erp1 \(\/srv\/share\)/)
  })

  it('are those that hold the wanted folder, or all of them when parts are all there is', () => {
    const etc = snapshot('e', 5, { paths: ['/etc'] })
    const all = [
      snapshot('a', 1),
      etc,
      snapshot('w', 3, { paths: ['/'] }),
      snapshot('s', 4, { paths: ['/srv/share2'] }),
    ]
    expect(chosen(all)).toEqual(['w', 'a'])
    expect(chosen(all, { compareWith: '/srv/share' }, 'srv/share/orders')).toEqual(['w', 'a'])
    expect(chosen([etc, snapshot('p', 1, { paths: ['/srv/share/a', '/srv/share/b'] })])).toEqual(['p'])
    expect(() => chosen([etc])).toThrow(/holds \/srv\/share; it holds .* \(\/etc\)/)
    // Where it lies inside is not where it lay on the host: either will do.
    expect(chosen([snapshot('r', 1)], { compareWith: '/srv/share', inside: 'data' }, 'data')).toEqual(['r'])
  })

  it('must be named by paths or tags where no folder distinguishes one series from another', () => {
    const all = [snapshot('a', 1, { tags: ['x', 'y'] }), snapshot('b', 2, { paths: ['/etc'] })]
    expect(() => chosen(all, {}, '.')).toThrow(/several series.*name one with `compareWith`, `paths` or `tags`/)
    expect(chosen(all, { paths: ['/srv/share/'] }, '.')).toEqual(['a'])
    expect(chosen(all, { tags: ['y'] }, '.')).toEqual(['a'])
    expect(chosen([], {}, '.')).toEqual([])
  })

  it('named by tags may come from hosts with any names, as containers have them', () => {
    const all = ['a', 'b'].map((id, hour) => snapshot(id, hour, { hostname: `c0ffee${id}`, tags: ['nightly'] }))
    expect(chosen(all, { tags: ['nightly'] })).toEqual(['b', 'a'])
  })
})

function archive(name: string, hour: number, host = OWN): Archive {
  return { archive: name, hostname: host, takenMs: Date.parse(at(hour)) }
}

async function archives(all: Archive[], more: Partial<RepositoryDefinition> = {}, given: Record<string, unknown> = {}) {
  const {
    inside = 'srv/share',
    atMost = 100,
    holding = /share/,
  } = given as {
    inside?: string
    atMost?: number
    holding?: RegExp
  }
  const asked: string[] = []
  const holds = async (name: string) => {
    asked.push(name)
    return holding.test(name)
  }
  const repository = { driver: 'borg', location: '/r', ...more } as const
  const names = (await chosenArchives({ repository, inside }, all, { atMost, holds })).map(({ id }) => id)
  return { names, asked }
}

describe('the archives of a shared borg repository', () => {
  const two = [archive('share-2026-01-01', 1), archive('share-2026-01-02', 2), archive('etc-2026-01-02', 3)]

  it('of one series are taken without looking into them', async () => {
    expect(await archives([archive('etc-1', 1), archive('etc-2', 2)])).toEqual({ names: ['etc-2', 'etc-1'], asked: [] })
  })

  it('of several series are those of the series that holds the wanted folder', async () => {
    const { names, asked } = await archives(two)
    expect(names).toEqual(['share-2026-01-02', 'share-2026-01-01'])
    expect(asked).toEqual(['etc-2026-01-02', 'share-2026-01-02'])
    const newest = await archives([...two, archive('share-weekly', 0)], {}, { atMost: 1 })
    expect(newest.asked).toHaveLength(2)
    await expect(archives(two, {}, { holding: /nothing/ })).rejects.toThrow(/No archive .* it holds etc-\*, share-\*/)
  })

  it('must be named where no folder distinguishes one series from another, or there are too many to look into', async () => {
    await expect(archives(two, {}, { inside: '.' })).rejects.toThrow(/several series.*name one with `series`/)
    const many = Array.from({ length: 20 }, (_, index) => archive(`job ${String.fromCharCode(97 + index)}`, index))
    await expect(archives(many)).rejects.toThrow(/several series.*job f and 14 more; name one/)
    expect((await archives(two, { series: 'share-*' }, { inside: '.' })).names).toHaveLength(3)
  })

  it('are those of this host; with several others, one must be named', async () => {
    const all = [archive('x-1', 1), archive('x-2', 2, 'other')]
    expect((await archives(all)).names).toEqual(['x-1'])
    const others = [archive('x-1', 1, 'erp1'), archive('x-2', 2, 'erp2')]
    await expect(archives(others)).rejects.toThrow(/erp1, erp2; none of them is/)
    expect((await archives(others, { host: 'erp1' })).names).toEqual(['x-1'])
    await expect(archives(others, { host: 'erp3' })).rejects.toThrow(/of host erp3; it holds erp1, erp2/)
    expect((await archives(others, { series: 'x' })).names).toEqual(['x-2', 'x-1'])
  })

  it.each([
    ['erp-share-2026-01-01T02:00:03', 'erp-share-*'],
    ['erp-share-2026-01-01T02:00:03.123456', 'erp-share-*'],
    ['share-20260101-0200', 'share-*'],
    ['share-1767225600', 'share-*'],
    ['share-17', 'share-*'],
    ['disk1-2026-01-01', 'disk1-*'],
    ['disk2', 'disk2'],
    ['2026-01-01', '*'],
  ])('%s belongs to %s', (name, series) => {
    expect(seriesOf(name)).toBe(series)
  })

  it('are asked for by a pattern, or by what their names begin with', () => {
    const of = (series: string) => globOf({ driver: 'borg', location: '/r', series })
    expect([of('share-'), of('share-*-x'), globOf({ driver: 'borg', location: '/r' })]).toEqual([
      'share-*',
      'share-*-x',
      null,
    ])
  })
})

describe('the backups of this host', () => {
  const of = (...names: string[]) => names.map((name) => ({ hostname: name }))

  it('have its name, or its short name where none has the whole one', () => {
    expect(ofThisHost('/r', of('erp', 'erp.example.test', 'web'), 'ERP')).toEqual(of('erp'))
    expect(ofThisHost('/r', of('erp.example.test', 'web'), 'erp')).toEqual(of('erp.example.test'))
    expect(() => ofThisHost('/r', of('erp.a.test', 'erp.b.test'), 'erp')).toThrow(/erp.a.test, erp.b.test/)
  })
})

describe('a definition', () => {
  it('of an old host stays as it is, and new keys are only for drivers that know them', () => {
    const reads = (more: object) => RepositoryDefinition.safeParse({ driver: 'restic', location: '/r', ...more })
    expect(reads({ compareWith: '/srv' }).data).toEqual({ driver: 'restic', location: '/r', compareWith: '/srv' })
    expect(reads({ host: 'a', paths: ['/a'], tags: ['t'], excludes: ['*.tmp'], excludeCaches: true }).success).toBe(
      true,
    )
    expect(reads({ series: 'a' }).error?.issues[0]?.message).toContain('is for borg only')
    expect(reads({ driver: 'folder', host: 'a' }).error?.issues[0]?.message).toContain('is for restic, borg only')
    for (const pattern of ['*', '**/', '../x', 'a/../b', '']) expect(reads({ excludes: [pattern] }).success).toBe(false)
  })
})
