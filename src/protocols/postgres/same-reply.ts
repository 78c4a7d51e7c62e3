import { aroundPlaceholders } from '../../core/redaction/placeholder-kinds.ts'
import type { PostgresReply } from './message.ts'

/** Whether COPY data of the client is what was recorded, whatever the messages that it came in. */
export function sameReply(asked: PostgresReply, recorded: PostgresReply): boolean {
  if (asked.type !== 'copied' || recorded.type !== 'copied') return false
  // Too large to be kept; that is said when the answer is to be given.
  if (recorded.cut) return true
  const [a, b] = [asked, recorded].map(({ data = [] }) => Buffer.concat(data))
  return a!.equals(b!) || sameAround(a!.toString('latin1'), b!.toString('latin1'))
}

/** Whether two texts are the same but for what was replaced as secret in the second. */
function sameAround(asked: string, recorded: string): boolean {
  const parts = aroundPlaceholders(recorded)
  if (parts.length === 1) return false
  const last = parts.at(-1)!
  if (!asked.startsWith(parts[0]!)) return false
  let at = parts[0]!.length
  for (const part of parts.slice(1, -1)) {
    const found = asked.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return asked.length - last.length >= at && asked.endsWith(last)
}
