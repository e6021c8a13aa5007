import { Alert } from '@mantine/core'
import { IconDatabaseX } from '@tabler/icons-react'
import { useStorageNotice } from '../../api/index.ts'

/** While the controller cannot write its store: what still works, and what to do. */
export function StorageNotice() {
  const notice = useStorageNotice()
  if (notice === null) return null
  return (
    <Alert color="red" icon={<IconDatabaseX />} title="The controller cannot store anything" role="alert" mb="md">
      {notice}
    </Alert>
  )
}
