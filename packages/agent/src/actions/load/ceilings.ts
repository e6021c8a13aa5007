import * as z from 'zod'
import type { PolicyCeiling } from '../../policy/index.ts'

/** A ceiling that is a share, in per cent. */
export function shareField(usual: number, meaning: string): z.ZodType<number> {
  return z.int().min(1).max(100).default(usual).describe(`${meaning}; default: ${usual}`)
}

/* How far loads may go. The agent has hard limits of its own; these are the owner's. */

/** The owner's bound of `cpu.load`, in per cent of each processor. */
export const cpuCeiling: PolicyCeiling = {
  key: 'cpuAtMost',
  field: shareField(50, 'The share of each processor, in per cent, that a load may take'),
  asks: (value) => `a load of ${value} % of each processor`,
  least: false,
  warnBeyond: 90,
}

/** The owner's bound of `memory.fill`: what must stay available, in per cent of the memory. */
export const memoryCeiling: PolicyCeiling = {
  key: 'memoryKeepFree',
  field: shareField(20, 'The share of the memory, in per cent, that a load must leave available'),
  asks: (value) => `leaving only ${value} % of the memory`,
  least: true,
  warnBeyond: 10,
}

/** The owner's bound of `io.load`, in MiB per second. */
export const ioCeiling: PolicyCeiling = {
  key: 'ioAtMost',
  field: z.int().min(1).max(1000).default(20).describe('MiB per second that a load may write; default: 20'),
  asks: (value) => `writing ${value} MiB per second`,
  least: false,
  warnBeyond: 200,
}
