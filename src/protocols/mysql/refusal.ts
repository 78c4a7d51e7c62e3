import type { Disturbance } from '../../core/fault.ts'
import { usualMessage } from './server-errors.ts'

/** Refuses a statement with this number. */
export function refusal(errno: number, message: string = usualMessage(errno)): Disturbance {
  return { do: 'refuse', error: { code: String(errno), message } }
}
