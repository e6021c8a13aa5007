import type { DrillView } from '@chaos-lite/shared/api'
import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { exampleOf, typeWords, type Values } from './param-values.ts'

type Param = DrillView['params'][number]

interface FieldProps {
  readonly param: Param
  readonly value: string
  readonly error: string | null
  readonly onChange: (value: string) => void
}

function Field({ param, value, error, onChange }: FieldProps) {
  const about = {
    label: param.ask,
    description: `${param.name}: ${typeWords(param.type)}`,
    error,
    required: param.default === null,
    'data-param': param.name,
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
  /** Per parameter, why its value was refused. */
  readonly errors?: Readonly<Record<string, string>>
  readonly onChange: (values: Values) => void
}

/** The questions of a drill, one field each. */
export function ParamFields({ params, values, errors = {}, onChange }: ParamFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} verticalSpacing="md">
      {params.map((param) => (
        <Field
          key={param.name}
          param={param}
          value={values[param.name] ?? ''}
          error={errors[param.name] ?? null}
          onChange={(value) => onChange({ ...values, [param.name]: value })}
        />
      ))}
    </SimpleGrid>
  )
}
