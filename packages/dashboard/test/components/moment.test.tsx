import { describe, expect, it } from 'vitest'
import { Moment } from '../../src/components/moment.tsx'
import { markupOf, textOf } from '../support/rendered.tsx'

const MS = Date.UTC(2026, 0, 2, 14, 3, 5, 678)

describe('a time on a page', () => {
  it('is a time for programs, and can be reached by keyboard', () => {
    expect(markupOf(<Moment ms={MS} />)).toMatch(/<time datetime="2026-01-02T14:03:05\.678Z"[^>]* tabindex="0"/i)
  })

  it('names its zone in every form', () => {
    const zone = /\d\d:\d\d(:\d\d)? ([A-Z]{3,5}|GMT\S+)$/
    expect(textOf(<Moment ms={MS} />)).toMatch(zone)
    expect(textOf(<Moment ms={MS} precise />)).toMatch(zone)
    expect(textOf(<Moment ms={MS} zone="Asia/Kolkata" />)).toMatch(/19:33 \+05:30$/)
  })

  it('may be words, which are still a time', () => {
    expect(markupOf(<Moment ms={MS}>3 min ago</Moment>)).toMatch(/<time datetime="2026[^>]*>3 min ago<\/time>/i)
  })

  it('that no calendar can show breaks no page', () => {
    const markup = markupOf(<Moment ms={9e15} />)
    expect(markup).toContain('at an unknown time')
    expect(markup).not.toMatch(/datetime=/i)
  })
})
