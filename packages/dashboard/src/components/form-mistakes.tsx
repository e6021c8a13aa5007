import { Text } from '@mantine/core'

/** Why a form was not sent; read aloud when it appears. `text` as `mistakesText` gives it. */
export function FormMistakes({ text, what }: { text: string | null; what: string }) {
  if (text === null) return null
  return (
    <Text size="sm" c="red" role="alert">
      {what}: {text}.
    </Text>
  )
}

/** Brings the first field with a mistake before the reader, ready to be typed in. */
export function goToMistake(form: HTMLFormElement, fields: Readonly<Record<string, string>>): void {
  const marked = [...form.querySelectorAll<HTMLElement>('[data-field]')]
  marked.find((field) => Object.hasOwn(fields, field.dataset.field ?? ''))?.focus()
}
