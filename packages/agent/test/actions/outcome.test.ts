import { describe, expect, it } from 'vitest'
import { outcomeOf, quoted, touchCommand } from '../../src/actions/outcome.ts'

const same = { item: 'a', before: 'x', now: 'x', same: true }
const different = { item: 'b', before: 'x', now: 'y', same: false }

describe('what a revert achieved', () => {
  it('is identical only when everything compared is the same', () => {
    expect(outcomeOf([same], []).restoration).toBe('identical')
    expect(outcomeOf([same], ['a note']).restoration).toBe('identical')
  })
  it('is ours undone where somebody else’s change explains the difference', () => {
    expect(outcomeOf([same, different], ['theirs']).restoration).toBe('ours undone')
  })
  it('is unknown where nothing explains the difference', () => {
    expect(outcomeOf([same, different], []).restoration).toBe('unknown')
  })
})

describe('commands for a person', () => {
  it.each([
    ['/etc/hosts', '/etc/hosts'],
    ['/srv/my data', "'/srv/my data'"],
    ["/srv/it's", "'/srv/it'\\''s'"],
    ['/srv/$(reboot)', "'/srv/$(reboot)'"],
  ])('quote %s', (path, text) => expect(quoted(path)).toBe(text))

  it('give a folder its time back', () => {
    expect(touchCommand('/etc', '1700000000000000001')).toBe('touch -m -d @1700000000.000000001 /etc')
  })
})
