import type { Run } from '@chaos-lite/shared'
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconMessageQuestion, IconPercentage50, IconX, type TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import { useAnswer, useMay } from '../../api/index.ts'
import { Moment, notifyProblem } from '../../components/index.ts'
import { questionReply, type Reply } from './model/replies.ts'
import { replyColour, replyLook } from './reply-look.ts'
import classes from './run.module.css'

type Question = Run['questions'][number]
type Word = NonNullable<Question['answer']>['answer']

const ANSWERS: readonly { answer: Word; label: string; Icon: TablerIcon; color: string }[] = [
  { answer: 'yes', label: 'Yes', Icon: IconCheck, color: 'green' },
  { answer: 'partly', label: 'Partly', Icon: IconPercentage50, color: 'orange' },
  { answer: 'no', label: 'No', Icon: IconX, color: 'red' },
]

function Answer({ question, runId }: { question: Question; runId: string }) {
  const answer = useAnswer(runId)
  const [note, setNote] = useState('')
  const say = (word: Word) =>
    answer.mutate({ stepId: question.stepId, answer: word, note: note.trim() || null }, { onError: notifyProblem })
  return (
    <Stack gap="xs">
      <TextInput
        aria-label="Note to the answer"
        placeholder="A note, if there is more to say"
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <SimpleGrid cols={3} spacing="xs">
        {ANSWERS.map(({ answer: word, label, Icon, color }) => (
          <Button
            key={word}
            size="md"
            px={4}
            variant="light"
            color={color}
            loading={answer.isPending && answer.variables?.answer === word}
            disabled={answer.isPending}
            leftSection={<Icon size={18} aria-hidden />}
            onClick={() => say(word)}
          >
            {label}
          </Button>
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function State({ question, reply }: { question: Question; reply: Reply }) {
  const { answer, of } = question
  const { figures, tone } = reply
  if (answer !== null) {
    return (
      <>
        {answer.by} answered “{answer.answer}” {figures}, <Moment ms={answer.ms} precise />
        {answer.note === null ? '' : `: ${answer.note}`}
      </>
    )
  }
  if (tone === 'bad') return `${of} did not answer ${figures.replace(/^not /, '')}`
  return tone === 'open'
    ? `For ${of}: asked for ${figures}`
    : `The run ended before ${of} answered: asked for ${figures}`
}

/** A question to a person, with a button for each answer. */
export function QuestionCard({
  question,
  run,
  runId,
  nowMs,
}: {
  question: Question
  run: Run
  runId: string
  nowMs: number
}) {
  const may = useMay('operator')
  const ended = run.phase === 'ended'
  const over = ended || run.steps.find((one) => one.stepId === question.stepId)?.state === 'ended'
  // The record says when it is over; this machine's clock may have been set meanwhile.
  const open = question.answer === null && !over
  const reply = questionReply(run, question, nowMs)
  return (
    <section className={classes.question} data-open={open} data-tone={reply.tone} aria-label="Question">
      <Stack gap="sm">
        <Stack gap={2}>
          <Group gap={8} wrap="nowrap" align="flex-start">
            <IconMessageQuestion
              size={20}
              aria-hidden
              style={{ flex: 'none', marginTop: 2 }}
              color={replyColour(reply)}
            />
            <Text fw={600}>{question.text}</Text>
          </Group>
          <Text size="sm" className="numbers" {...replyLook(reply)}>
            <State question={question} reply={reply} />
          </Text>
        </Stack>
        {open && may && <Answer question={question} runId={runId} />}
      </Stack>
    </section>
  )
}
