import type { Facet, Identity } from '../../core/identity.ts'
import { dropPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'
import { keysOf, nameOf } from './describe.ts'
import type { RedisQuestion } from './message.ts'

/** Two commands are the same one when name, keys, arguments and database are. */
export function identify({ kind, database, args }: RedisQuestion): Identity {
  if (kind === 'connect') return { origin: '', method: 'CONNECT', path: '', rest: '' }
  const { name, info } = nameOf(args)
  const skipped = name.includes(' ') ? 2 : 1
  const rest = args.slice(skipped).map(textOfArgument)
  return {
    origin: '',
    method: name,
    path: keysOf(args, info).map(dropPlaceholderIds).join('/'),
    rest: JSON.stringify([database, ...rest.map(dropPlaceholderIds)]),
  }
}

/** `command`, `database`, then `args[1]` and so on. */
export function facetsOf({ kind, database, args }: RedisQuestion): readonly Facet[] {
  if (kind === 'connect') return [{ path: 'command', value: 'CONNECT' }]
  const { name } = nameOf(args)
  const skipped = name.includes(' ') ? 2 : 1
  return [
    { path: 'command', value: name },
    { path: 'database', value: String(database) },
    ...args.slice(skipped).map((arg, i) => ({ path: `args[${i + 1}]`, value: textOfArgument(arg) })),
  ]
}

/** Text as it is; other bytes without loss, so that no two look the same. */
function textOfArgument(arg: Uint8Array): string {
  const bytes = Buffer.from(arg.buffer, arg.byteOffset, arg.length)
  const text = bytes.toString('utf8')
  return text.includes('�') ? `base64:${bytes.toString('base64')}` : text
}
