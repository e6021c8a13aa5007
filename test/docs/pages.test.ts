import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { builtInMenu, formatMistake, parseDrill } from '@chaos-lite/shared'
import { cronExpression, slotsAfter } from '@chaos-lite/shared/schedule'
import { describe, expect, it } from 'vitest'
import { makeControllerProgram } from '../../packages/controller/src/program.ts'
import { temporaryFolder } from '../../packages/controller/test/support/temporary-folder.ts'
import { blocksOf } from './blocks.ts'

/** The files of the repository, those that are not committed yet as well. */
function tracked(...patterns: string[]): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns]
  return execFileSync('git', list, { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && existsSync(file))
}

const pages = tracked('*.md')
/** A command for people; what the installation does by itself names the package with its version. */
const PNPM = /\bpnpm (?!-lock)[a-z]/
/** A decision says what was so when it was made. */
const DECISION = /^docs\/decisions\//

describe('the pages', () => {
  it.each(pages)('%s links to nothing that is not there', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map((match) => match[1] ?? '')
    const missing = links.filter((link) => !existsSync(normalize(join(dirname(page), link))))
    expect(missing).toEqual([])
  })

  it.each(pages)('%s shows only drills without a mistake', (page) => {
    const drills = blocksOf(page).filter(({ language, text }) => language === 'yaml' && /^drill: /m.test(text))
    for (const { text } of drills) {
      const parsed = parseDrill(text, { file: page, menu: builtInMenu })
      expect(parsed.ok ? [] : parsed.mistakes.map(formatMistake)).toEqual([])
    }
  })

  it('the page of the command lines has every program, with its commands', () => {
    const programs = ['cli', 'controller', 'agent'].flatMap((name) => {
      const { bin = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'))
      return Object.keys(bin)
    })
    const page = readFileSync('docs/reference/cli.md', 'utf8')
    const titles = [...page.matchAll(/^## `(.+)`$/gm)].map((match) => match[1])
    expect(titles).toEqual(expect.arrayContaining([...programs, 'chaos-lite-controller backup']))
    for (const section of page.split('\n## `').slice(1)) {
      const [, usage = ''] = section.split('\nCommands:\n')
      const commands = [...usage.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, command]) => command ?? '')
      const expected = commands.filter((name) => name !== 'help').map((name) => `${section.split('`')[0]} ${name}`)
      expect(titles).toEqual(expect.arrayContaining(expected))
    }
  })

  it('the example of the timetable names the first Fridays of the quarters', () => {
    expect(readFileSync('docs/how-to/schedule.md', 'utf8')).toContain("--cron '0 16 * 1,4,7,10 5#1' --tz Asia/Karachi")
    const first = slotsAfter(cronExpression('0 16 * 1,4,7,10 5#1'), 'Asia/Karachi', Date.parse('2026-11-22')).next()
    expect(new Date(Number(first.value)).toISOString()).toBe('2027-01-01T11:00:00.000Z')
  })

  it.each(pages.filter((page) => !DECISION.test(page)))('%s asks for no program but git and Node.js', (page) => {
    expect(readFileSync(page, 'utf8')).not.toMatch(PNPM)
  })

  it('no screen and no command line asks for another program either', () => {
    const sources = tracked('packages/*/src/*', 'scripts/*').filter((file) => /\.(?:tsx?|mjs|sh)$/.test(file))
    const wrong = sources.filter((file) => PNPM.test(readFileSync(file, 'utf8')))
    expect(wrong).toEqual([])
  })

  it('every `npm run` on a page is there, installs what is missing, and hands its arguments on', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
    for (const page of pages) {
      for (const [whole, name = '', next = ''] of readFileSync(page, 'utf8').matchAll(/npm run ([a-z][\w-]*) *(-*)/g)) {
        expect(scripts[name], `${page}: ${whole}`).toMatch(/^node scripts\/run\.mjs /)
        expect(['', '--'], `${page}: ${whole}`).toContain(next)
      }
    }
  })
})

describe('the unit of the controller', () => {
  const unit = blocksOf('docs/how-to/install.md').find(({ language }) => language === 'ini')?.text ?? ''
  const command = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit)?.[1] ?? ''

  it('starts the program with options that it has', async () => {
    const [node = '', , , main = '', ...args] = command.replaceAll(/\\\n\s*/g, '').split(' ')
    expect([node, main].map((file) => existsSync(file.replace('/opt/chaos-lite/', '')))).toEqual([true, true])
    const started: unknown[] = []
    const nothing = () => undefined
    const program = makeControllerProgram({
      run: (options) => void started.push(options),
      backUp: nothing,
      restore: nothing,
    })
    await program.parseAsync(args, { from: 'user' })
    expect(started).toMatchObject([
      { dataFolder: '/var/lib/chaos-lite-controller', drillsFolder: '/etc/chaos-lite-controller/drills' },
    ])
  })

  it.skipIf(spawnSync('systemd-analyze', ['--version']).error)('is one that systemd takes', () => {
    const file = join(temporaryFolder(), 'chaos-lite-controller.service')
    writeFileSync(
      file,
      unit.replaceAll('/opt/chaos-lite/', `${resolve('.')}/`).replace('=/opt/chaos-lite\n', `=${resolve('.')}\n`),
    )
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('chaos-lite-controller'))).toEqual([])
    expect(status).toBe(0)
  })
})
