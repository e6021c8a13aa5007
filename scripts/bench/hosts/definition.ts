import * as z from 'zod'

/** What one bench host's first process is given, as a JSON file. */
export const BenchHost = z.strictObject({
  folder: z.string().describe('A private folder: everything the host writes lies below it'),
  hosts: z.string().describe('Its whole /etc/hosts'),
  policy: z.string(),
  agent: z.string().describe('The executable'),
  agentVersion: z.string(),
  controllerUrl: z.string(),
  tokenFile: z.string(),
  layout: z.enum(['one process', 'split']).describe('split: as under systemd, the root part only when it is needed'),
})
export type BenchHost = z.infer<typeof BenchHost>
