import {
  AlertStep,
  AskStep,
  Drill,
  ExerciseStep,
  InjectStep,
  ParamType,
  ProbeUse,
  TargetSelector,
  WaitStep,
} from '@chaos-lite/shared'
import * as z from 'zod'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page } from '../page.ts'

const parts: readonly (readonly [string, string, z.ZodType])[] = [
  ['A drill', 'The keys at the top of a drill file.', Drill],
  [
    'A group of hosts',
    'Under `targets`. Every group needs `exactly` or `atMost`: a bound on what may be touched.',
    TargetSelector,
  ],
  ['A probe', 'Under `steadyState` (decides the verdict) or `watch` (shows what else broke).', ProbeUse],
  ['Step: start a failure', 'It returns when its effect is seen, and stays in place for its `hold`.', InjectStep],
  ['Step: an exercise', 'Real work, such as a timed restore.', ExerciseStep],
  ['Step: ask a person', 'The method waits for the answer.', AskStep],
  ['Step: expect an alert', 'Answered by the webhook address of the drill, or acknowledged by hand.', AlertStep],
  ['Step: wait', '', WaitStep],
]

/** The keys of the drill grammar. */
export function drillGrammarPage(): Page {
  const sections = parts.flatMap(([title, intro, schema]) => [
    '',
    `## ${title}`,
    '',
    ...(intro === '' ? [] : [intro, '']),
    ...fieldsTable(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }) as Record<string, unknown>),
  ])
  return markdownPage('docs/reference/drill-grammar.md', [
    '# The drill file',
    '',
    'A drill is a YAML file. Unknown keys are mistakes; every mistake is reported with file, line and column. Editors complete from `drills/drill.schema.json`.',
    '`${params.x}`, `${host.name}` and `${host.address}` are the only placeholders; no other text is parsed for meaning.',
    '',
    `Types of parameters: ${ParamType.options.map((type) => `\`${type}\``).join(', ')}.`,
    ...sections,
  ])
}
