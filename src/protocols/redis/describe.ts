import type { Target } from '../../core/fault.ts'
import type { Operation } from '../../core/protocol.ts'
import { looksLikeId } from '../../core/subject-template.ts'
import { type CommandInfo, commandInfo } from './command-keys.ts'
import type { RedisQuestion } from './message.ts'

// More keys than that do not tell operations apart any better.
const maxKeys = 3

/**
 * The operation of a command: its name, and its keys with what looks like an identifier replaced: `GET user:{id}`.
 * A script goes by its keys, a channel like a key.
 */
export function describe({ kind, args }: Pick<RedisQuestion, 'kind' | 'args'>): Operation {
  if (kind === 'connect') return { name: 'CONNECT', effect: false }
  const { name, info } = nameOf(args)
  const templates = new Set(keysOf(args, info).map(keyTemplate))
  const keys = [...templates].slice(0, maxKeys)
  return { name: [name, ...keys].join(' '), effect: info.effect }
}

/** The command as faults see it; its fingerprint shows all keys, and `?` for each other argument. */
export function targetOf(args: readonly Uint8Array[]): Target {
  const { name: operation, effect } = describe({ kind: 'command', args })
  const { name, info } = nameOf(args)
  const at = new Set(keyPositions(args, info))
  const rest = args.slice(info.container || name.includes(' ') ? 2 : 1)
  const skipped = args.length - rest.length
  const words = rest.map((arg, i) => (at.has(i + skipped) ? keyTemplate(decode(arg)) : '?'))
  return { operation, effect, fingerprint: [name, ...words].join(' '), keys: keysOf(args, info) }
}

/** A key with its variable parts replaced: `user:42:cart` → `user:{id}:cart`. */
export function keyTemplate(key: string): string {
  const parts = key.split(/(\{\{[^{}]+\}\}|[:/.|{}])/)
  return parts.map((part) => (looksLikeId(part) ? '{id}' : part)).join('')
}

/** The command's name in upper case, with its subcommand, and what is known of it. */
export function nameOf(args: readonly Uint8Array[]): { readonly name: string; readonly info: CommandInfo } {
  const name = decode(args[0]).toUpperCase()
  const info = commandInfo(name.toLowerCase())
  if (!info.container || args.length < 2) return { name, info }
  const sub = decode(args[1]).toUpperCase()
  const known = commandInfo(`${name}|${sub}`.toLowerCase())
  return { name: `${name} ${sub}`, info: { ...known, container: true } }
}

/** The keys of a command, or its channels. */
export function keysOf(args: readonly Uint8Array[], info: CommandInfo): string[] {
  return keyPositions(args, info).map((at) => decode(args[at]))
}

function keyPositions(args: readonly Uint8Array[], { keys, counted, after }: CommandInfo): number[] {
  if (counted !== undefined) {
    const count = Number(decode(args[counted]))
    return range(counted + 1, Number.isInteger(count) ? Math.min(counted + count, args.length - 1) : 0, 1)
  }
  if (after !== undefined) {
    const word = args.findIndex((arg) => decode(arg).toUpperCase() === after)
    return word < 0 ? [] : range(word + 1, word + Math.floor((args.length - word - 1) / 2), 1)
  }
  if (!keys) return []
  const [first, last, step] = keys
  return range(first, Math.min(last < 0 ? args.length + last : last, args.length - 1), step)
}

function range(from: number, to: number, step: number): number[] {
  const numbers: number[] = []
  for (let at = from; at <= to; at += step) numbers.push(at)
  return numbers
}

function decode(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : ''
}
