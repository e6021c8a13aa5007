/** One answer to one question. `bad` makes doctor's exit code 1; `note` is worth knowing and no fault. */
export interface Finding {
  readonly subject: string
  readonly state: 'good' | 'note' | 'bad'
  /** What was asked just now, and of what: a command, a file, a call of the system. A line without a question is none. */
  readonly asked: string
  readonly text: string
  /** What a person can do about it. */
  readonly remedy: string | null
}

/** Makes the findings of one question. */
export function answersTo(asked: string) {
  const finding =
    (state: Finding['state']) =>
    (subject: string, text: string, remedy: string | null = null) => ({
      ...{ subject, state, asked, text, remedy },
    })
  return {
    good: (subject: string, text: string): Finding => finding('good')(subject, text),
    note: finding('note'),
    bad: finding('bad'),
  }
}
