/** One thing that doctor looked at. `bad` makes its exit code 1; `note` is worth knowing and no fault. */
export interface Finding {
  readonly subject: string
  readonly state: 'good' | 'note' | 'bad'
  readonly text: string
  /** What a person can do about it. */
  readonly mend: string | null
}

export function good(subject: string, text: string): Finding {
  return { subject, state: 'good', text, mend: null }
}

export function note(subject: string, text: string, mend: string | null = null): Finding {
  return { subject, state: 'note', text, mend }
}

export function bad(subject: string, text: string, mend: string | null = null): Finding {
  return { subject, state: 'bad', text, mend }
}
