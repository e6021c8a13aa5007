import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { builtInMenu, formatMistake, parseDrill } from '@chaos-lite/shared'
import { cronExpression, slotsAfter } from '@chaos-lite/shared/schedule'
import { describe, expect, it } from 'vitest'
import { blocksOf } from './blocks.ts'

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(file))

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
})
