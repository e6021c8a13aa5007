import type { DrillView } from '@chaos-lite/shared/api'
import { Alert, Select, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ParamMistakes } from './param-mistakes.ts'
import { exampleOf, typeWords, type Values } from './param-values.ts'

type Param = DrillView['params'][number]

interface FieldProps {
  readonly param: Param
  readonly value: string
  readonly error: string | null
  readonly onChange: (value: string) => void
  readonly onLeave: () => void
}

function Field({ param, value, error, onChange, onLeave }: FieldProps) {
  const about = {
    label: param.ask,
    description: `${param.name}: ${typeWords(param.type)}`,
    error,
    required: param.default === null,
    'data-field': param.name,
    onBlur: onLeave,
    // Questions differ in length; the fields of one row stand in one line all the same.
    style: { display: 'flex', flexDirection: 'column', justifyContent: 'flex-end' } as const,
  }
  if (param.oneOf !== null) {
    return (
      <Select
        {...about}
        data={param.oneOf}
        value={value}
        allowDeselect={false}
        onChange={(next) => onChange(next ?? '')}
      />
    )
  }
  return (
    <TextInput
      {...about}
      placeholder={exampleOf(param.type)}
      value={value}
      spellCheck={false}
      autoCapitalize="none"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

interface ParamFieldsProps {
  readonly params: readonly Param[]
  readonly values: Values
  readonly mistakes: ParamMistakes
  /** Has somebody asked to go on? Every mistake is shown then, otherwise those of fields that were left. */
  readonly asked: boolean
  readonly onChange: (values: Values) => void
}

/** The questions of a drill, one field each, with what is wrong about each answer. */
export function ParamFields({ params, values, mistakes, asked, onChange }: ParamFieldsProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} verticalSpacing="md">
        {params.map(({ name, ...param }) => (
          <Field
            key={name}
            param={{ name, ...param }}
            value={values[name] ?? ''}
            error={asked || left.has(name) ? (mistakes.fields[name] ?? null) : null}
            onChange={(value) => onChange({ ...values, [name]: value })}
            onLeave={() => setLeft(new Set([...left, name]))}
          />
        ))}
      </SimpleGrid>
      {mistakes.together.length > 0 && (
        <Alert color="red" variant="light" title="These values do not fit together">
          {mistakes.together.map((sentence) => (
            <Text key={sentence} size="sm">
              {sentence}
            </Text>
          ))}
        </Alert>
      )}
    </>
  )
}
