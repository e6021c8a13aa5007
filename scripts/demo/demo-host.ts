import * as z from 'zod'

/** What one demo host's first process is given, as a JSON file. */
export const DemoHost = z.strictObject({
  name: z.string(),
  /** Without namespaces: touches nothing but `folder`, and its runs are marked as simulated. */
  simulated: z.boolean(),
  folder: z.string().describe('A private folder: everything the host writes lies below it'),
  /** Lines added to its own copy of `/etc/hosts`. */
  hosts: z.array(z.string()),
  policy: z.string(),
  /** Stand-ins for real services: small web servers on loopback addresses of their own. */
  services: z.array(z.strictObject({ service: z.string(), address: z.string(), port: z.int() })),
  controllerUrl: z.string(),
  tokenFile: z.string(),
})
export type DemoHost = z.infer<typeof DemoHost>
