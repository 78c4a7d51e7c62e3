import type { Outcome } from '../../core/protocol.ts'
import { nameOf } from './describe.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import { errorOf, type Resp, textOf } from './resp.ts'

const longest = 80

/** `SET user:1 …`: the command in one line. */
export function summarizeQuestion({ kind, args }: RedisQuestion): string {
  if (kind === 'connect') return 'CONNECT'
  const { name } = nameOf(args)
  const rest = args.slice(name.includes(' ') ? 2 : 1).map((arg) => shorten(Buffer.from(arg).toString('utf8'), 40))
  return shorten([name, ...rest].join(' ').replaceAll(/\s+/g, ' '), 120)
}

/** `OK`, `12 elements`, `nothing`, the error, or the failure of the connection. */
export function outcomeOf(messages: readonly RedisReply[]): Outcome {
  let said: Resp | undefined
  let pushes = 0
  for (const message of messages) {
    if (message.type === 'failure') return { summary: message.failure, ok: false, failure: message.failure }
    if (message.type === 'discarded') return { summary: 'not run, the transaction was discarded', ok: false }
    if (message.type === 'push') pushes++
    else said = message.value
  }
  const parts = [said && shortly(said), pushes > 0 && `${pushes} ${pushes === 1 ? 'message' : 'messages'}`]
  const summary = parts.filter(Boolean).join(', ') || 'no answer'
  return { summary, ok: (said !== undefined || pushes > 0) && (said === undefined || errorOf(said) === undefined) }
}

function shortly(value: Resp): string {
  switch (value.type) {
    case 'null':
      return 'nothing'
    case 'boolean':
      return String(value.value)
    case 'array':
    case 'set':
    case 'push':
      return counted(value.size ?? value.items.length, 'element')
    case 'map':
      return counted((value.size ?? value.items.length) / 2, 'field')
    case 'attribute':
      return shortly(value.value)
    case 'bulk':
    case 'verbatim':
      return `${value.size} B`
    default:
      return shorten(textOf(value) ?? '', longest)
  }
}

function counted(many: number, what: string): string {
  return `${many} ${many === 1 ? what : `${what}s`}`
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
