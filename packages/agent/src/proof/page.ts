import { instantText } from '@chaos-lite/shared'
import { isKept, isProved, KINDS, type Kind, type Proof } from './proof.ts'

/** The page for the auditor's software-validation folder, as Markdown that reads as plain text, too. */
export function proofPage(proof: Proof): string {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => proof.trials.some((trial) => trial.kind === kind))
  const missing = proof.wanted - proof.trials.length
  return [
    `# Proof that Chaos Lite rolls this host back: ${isProved(proof) ? 'PASSED' : 'FAILED'}`,
    '',
    `- Host: ${proof.host}${proof.simulated ? ' (SIMULATED: this page is no evidence)' : ''}`,
    `- System: ${proof.system}, kernel ${proof.kernel}`,
    `- Program: chaos-lite-agent ${proof.agentVersion}, SHA-256 ${proof.programDigest}`,
    `- Safety timer: ${proof.failsafe}`,
    `- Began: ${instantText(proof.beganWallMs)}, ended: ${instantText(proof.endedWallMs)}`,
    '',
    '## What was done',
    '',
    'The agent was started as a process of its own, again and again, to do one harmless failure on this host and roll it back:',
    '',
    ...proof.touched.map((sentence) => `- ${sentence}`),
    '',
    'In the middle of it the agent was hurt as the table says. After each trial the host was compared with itself before.',
    '',
    '| What was done to the agent | Trials | Struck | Host as before | Worst time until it was |',
    '|---|---|---|---|---|',
    ...kinds.map((kind) => row(proof, kind)),
    '',
    ...(missing > 0
      ? [`**${missing === 1 ? '1 trial was' : `${missing} trials were`} not run: the proof was ended early.**`, '']
      : []),
    ...failures(proof),
    '## What was compared',
    '',
    '| | Before the first trial | After the last |',
    '|---|---|---|',
    ...Object.entries(proof.before).map(([item, value]) => `| ${item} | ${value} | ${proof.after[item] ?? 'absent'} |`),
    '',
    'The comparison is made by this program. To check it with other tools: `sha256sum`, `stat`, `getfacl` and `ls` on the file and folder',
    'named above, before and after. The published proof of all failures, power cuts included, is docs/reference/restoration-matrix.md.',
    '',
    'Run by: ______________________  Date: ______________  Signature: ______________________',
    '',
    'Reviewed by: _________________  Date: ______________  Signature: ______________________',
  ].join('\n')
}

function row({ trials }: Proof, kind: Kind): string {
  const ours = trials.filter((trial) => trial.kind === kind)
  const times = ours.flatMap(({ backAfterMs }) => (backAfterMs === null ? [] : [backAfterMs]))
  const worst = times.length === 0 ? '' : `${(Math.max(...times) / 1000).toFixed(1)} s`
  const struck = kind === 'undisturbed' ? '' : String(ours.filter(({ struckAfterMs }) => struckAfterMs !== null).length)
  return `| ${KINDS[kind]} | ${ours.length} | ${struck} | ${ours.filter(isKept).length} | ${worst} |`
}

function failures({ trials }: Proof): string[] {
  const lines = trials.flatMap((trial, index) => {
    if (isKept(trial)) return []
    const what = [...trial.differences, ...(trial.open ? ['a record stayed open: chaos-lite-agent status'] : [])]
    const found = what.length === 0 ? 'the failure could not be started: chaos-lite-agent doctor' : what.join('; ')
    const said = trial.said === null ? '' : ` The agent said "${trial.said}".`
    return [`- Trial ${index + 1} (${KINDS[trial.kind]}): ${found}.${said}`]
  })
  return lines.length === 0 ? [] : ['## What went wrong', '', ...lines, '']
}
