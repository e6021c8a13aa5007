import type { LabHost } from '../../../scripts/lab/index.ts'

export { SHAPES as shapes, startShapes } from '../../../scripts/lab/shapes.ts'

/** The names of the units that are active now, without those of the test itself. */
export async function activeUnits(host: LabHost): Promise<string[]> {
  const { stdout } = await host.enter(['systemctl', 'list-units', '--no-legend', '--plain', '--full', '--state=active'])
  const names = stdout.split('\n').map((row) => row.trim().split(/\s+/)[0] ?? '')
  return names
    .filter((name) => /\.(?:service|socket|path|timer|target|mount)$/.test(name) && !/^(?:run-|lab-)/.test(name))
    .sort()
}
