import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { linuxServices } from '../../../src/host/linux/services/index.ts'
import { isRunning, parseShow, stopsWith, unitState } from '../../../src/host/linux/services/show.ts'
import { supervisorServices } from '../../../src/host/linux/services/supervisor.ts'
import { SupervisorRequest } from '../../../src/host/linux/services/supervisor-protocol.ts'
import { unitName } from '../../../src/host/linux/services/systemd.ts'
import { timeSpanMs } from '../../../src/host/linux/services/time-span.ts'
import { temporaryFolder } from '../support.ts'

describe('time spans as systemd prints them', () => {
  it.each([
    ['1min 30s', 90_000],
    ['5s', 5000],
    ['250ms', 250],
    ['1h 2min 3s 4ms 5us', 3_723_005],
    ['0', 0],
    ['1month 2w 3d', 4_098_600_000],
    ['infinity', Number.POSITIVE_INFINITY],
    ['something new', Number.POSITIVE_INFINITY],
  ])('%s', (text, ms) => expect(timeSpanMs(text)).toBe(ms))
})

const shown = `Id=cups.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
MainPID=4242
ActiveEnterTimestampMonotonic=123456789
InvocationID=00112233445566778899aabbccddeeff
TimeoutStopUSec=1min 30s
TimeoutStartUSec=infinity
TriggeredBy=cups.socket cups.path
RefuseManualStop=no
RefuseManualStart=no
CanReload=yes
RequiredBy=a.service
RequisiteOf=
BoundBy=
ConsistsOf=b.service a.service
PropagatesStopTo=c.service
Type=notify
UpheldBy=keeper.service
OnSuccess=mail.service
OnFailure=page.service
Conflicts=shutdown.target
ConflictedBy=lpd.service

Id=x=y.service
ActiveState=inactive
`

describe('what systemctl show says', () => {
  const [cups, second] = parseShow(shown)

  it('becomes the state of a unit', () => {
    expect(unitState(cups ?? {}, ['a.service'])).toEqual({
      ...{
        name: 'cups.service',
        loadState: 'loaded',
        activeState: 'active',
        subState: 'running',
        enabledState: 'enabled',
      },
      ...{ mainPid: 4242, activeSinceMonoUs: '123456789', startId: '00112233445566778899aabbccddeeff' },
      ...{ stopTimeoutMs: 90_000, startTimeoutMs: Number.POSITIVE_INFINITY, triggeredBy: ['cups.socket', 'cups.path'] },
      ...{
        upheldBy: ['keeper.service'],
        startsOnStop: ['mail.service'],
        startsOnFailure: ['page.service'],
        conflicts: ['lpd.service'],
        type: 'notify',
      },
      ...{ dependents: ['a.service'], refusesManual: false, canReload: true },
    })
  })

  it('names all that would stop with it, once', () =>
    expect(stopsWith(cups ?? {})).toEqual(['a.service', 'b.service', 'c.service']))

  it('offers no reload unless the manager says so', () =>
    expect([unitState(second ?? {}, []), unitState({ CanReload: 'no' }, [])].map((unit) => unit.canReload)).toEqual([
      false,
      false,
    ]))

  it('may hold an equals sign', () => expect(second?.Id).toBe('x=y.service'))
  it('distinguishes what runs from what does not', () =>
    expect([cups, second].map((unit) => isRunning(unit ?? {}))).toEqual([true, false]))
})

describe('names of units', () => {
  it.each([
    ['nginx', 'nginx.service'],
    ['postgresql@15-main', 'postgresql@15-main.service'],
    ['cups.socket', 'cups.socket'],
    ['org.example', 'org.example.service'],
  ])('%s means %s', (given, meant) => expect(unitName(given)).toBe(meant))
})

/** A stand-in for the demo supervisor that answers with whatever the test says. */
async function supervisor(answer: (request: SupervisorRequest) => string | null): Promise<string> {
  const path = join(await temporaryFolder(), 'supervisor.sock')
  const server: Server = createServer((socket) => {
    socket.on('data', (line) => {
      const reply = answer(SupervisorRequest.parse(JSON.parse(line.toString())))
      if (reply === null) socket.destroy()
      else socket.write(reply)
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => void server.close())
  return path
}

const state = {
  service: 'nginx',
  exists: true,
  running: true,
  pid: 7,
  startedMonoUs: 5,
  stopTimeoutMs: 1000,
  startTimeoutMs: 2000,
  canReload: true,
}
const reply = (change: object = {}) => `${JSON.stringify({ ok: true, state: { ...state, ...change } })}\n`

describe('the services of a demo host', () => {
  it('are what its supervisor says', async () => {
    const services = supervisorServices(await supervisor(() => reply()))
    expect(await services.state('nginx.service')).toMatchObject({
      ...{ name: 'nginx.service', loadState: 'loaded', activeState: 'active', mainPid: 7 },
      ...{ activeSinceMonoUs: '5', stopTimeoutMs: 1000, startTimeoutMs: 2000 },
    })
  })

  it('do not exist where the supervisor knows none of that name', async () => {
    const services = supervisorServices(await supervisor(() => reply({ exists: false, running: false, pid: 0 })))
    expect(await services.state('nope')).toMatchObject({ loadState: 'not-found', activeState: 'inactive' })
  })

  it('are started, stopped and reloaded by name, without the suffix', async () => {
    const asked: string[] = []
    const path = await supervisor(({ op, service }) => {
      asked.push(`${op} ${service}`)
      return reply({ running: op !== 'stop' })
    })
    await supervisorServices(path).start('nginx.service', 1000)
    await supervisorServices(path).stop('nginx', 1000)
    await supervisorServices(path).reload('nginx.service', 1000)
    expect(asked).toEqual(['start nginx', 'stop nginx', 'reload nginx'])
  })

  it.each([
    ['a service that did not stop', () => reply(), 'still runs'],
    ['words of the supervisor', () => '{"ok":false,"code":"failed","message":"no such binary"}\n', 'no such binary'],
    ['something that is no answer', () => 'hello\n', 'something else than its protocol'],
    ['an endless answer', () => 'x'.repeat(5000), 'too much'],
    ['a closed connection', () => null, 'before it answered'],
  ])('fail clearly on %s', async (_, answer, message) => {
    const services = supervisorServices(await supervisor(answer))
    await expect(services.stop('nginx', 5000)).rejects.toThrow(message)
  })

  it('fail clearly without a supervisor, and in time with a silent one', async () => {
    await expect(supervisorServices('/none/such').state('nginx')).rejects.toThrow('cannot be reached')
    const silent = supervisorServices(await supervisor(() => ''))
    await expect(silent.stop('nginx', 50)).rejects.toMatchObject({ code: 'timed-out' })
  })

  it('can be called back', async () => {
    const controller = new AbortController()
    const stopping = supervisorServices(await supervisor(() => '')).stop('nginx', 60_000, controller.signal)
    controller.abort()
    await expect(stopping).rejects.toMatchObject({ code: 'timed-out' })
  })

  it('are chosen by the environment', () => {
    expect(linuxServices({ CHAOS_LITE_SUPERVISOR: '/run/x.sock' }).manager).toBe('demo supervisor')
  })
})
