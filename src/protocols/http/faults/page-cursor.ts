import { header, type HttpReply } from '../message.ts'
import { changedJson, jsonOf } from './change-json.ts'
import { isRecord } from '../../../core/field-tree.ts'

/** An address of a page, and what names it there. */
export interface PageAddress {
  readonly url: string
  readonly value: string
}

/** How one page of a list leads to the next. */
export interface Cursor {
  leadsOn(replies: readonly HttpReply[]): boolean
  /** Where a page behind the one at `url` would be. @param serial - Tells it from others like it. */
  after(url: string, serial: number): PageAddress
  /** The page as it leads to that address. */
  lead(replies: readonly HttpReply[], next: PageAddress): readonly HttpReply[]
}

type Path = readonly string[]

/** What in a page leads to the next: a header, or a field that holds a URL, a word or a number, or just says that there is more. */
type Pointer = { readonly kind: 'header' } | { readonly kind: 'url' | 'word' | 'number' | 'flag'; readonly path: Path }

/**
 * Finds out how a page led to the next one. Not where ids of what is on the page lead on: to invent them is to invent
 * what is on it.
 */
export function findCursor(url: string, replies: readonly HttpReply[], nextUrl: string): Cursor | undefined {
  const parameter = changedParameter(url, nextUrl)
  if (!parameter) return undefined
  const pointer = findPointer(url, replies, nextUrl, parameter.value)
  if (!pointer) return undefined
  return {
    leadsOn: (page) => Boolean(pointer.kind === 'header' ? nextLink(page) : read(valueOf(page), pointer.path)),
    after(from, serial) {
      const to = new URL(from)
      const at = to.searchParams.get(parameter.name)
      const isNumber = /^\d+$/.test(parameter.value)
      const value = isNumber ? String(Number(at ?? Number(parameter.value) - 1) + 1) : `${parameter.value}-${serial}`
      to.searchParams.set(parameter.name, value)
      return { url: to.href, value }
    },
    lead: (page, next) => lead(page, pointer, next),
  }
}

/** A page without anything on it, and otherwise as it is. */
export function emptied(replies: readonly HttpReply[]): readonly HttpReply[] {
  return [...changedJson(replies, withoutItems)]
}

/** The one parameter in which two addresses differ. */
function changedParameter(url: string, nextUrl: string): { name: string; value: string } | undefined {
  if (!URL.canParse(url) || !URL.canParse(nextUrl)) return undefined
  const [from, to] = [new URL(url), new URL(nextUrl)]
  if (from.origin + from.pathname !== to.origin + to.pathname) return undefined
  const changed = [...to.searchParams].filter(([name, value]) => from.searchParams.get(name) !== value)
  const [[name, value] = ['', '']] = changed
  return changed.length === 1 && value !== '' ? { name, value } : undefined
}

function findPointer(url: string, replies: readonly HttpReply[], nextUrl: string, value: string): Pointer | undefined {
  const leadsThere = (text: string): boolean => URL.parse(text, url)?.href === new URL(nextUrl).href
  const link = nextLink(replies)
  if (link !== undefined && leadsThere(link)) return { kind: 'header' }
  for (const [path, leaf] of leavesOf(valueOf(replies))) {
    if (leaf === value) return { kind: 'word', path }
    if (typeof leaf === 'number' && String(leaf) === value) return { kind: 'number', path }
    if (typeof leaf === 'string' && /^(?:https?:|[/?])/.test(leaf) && leadsThere(leaf)) return { kind: 'url', path }
    if (leaf === true && /^\d+$/.test(value) && /more|next/i.test(path.at(-1) ?? '')) return { kind: 'flag', path }
  }
  return undefined
}

function lead(page: readonly HttpReply[], pointer: Pointer, { url, value }: PageAddress): readonly HttpReply[] {
  if (pointer.kind === 'header') {
    return page.map((reply) =>
      reply.type === 'head' ? { ...reply, headers: [...reply.headers, ['link', `<${url}>; rel="next"`]] } : reply,
    )
  }
  const leaf = { url, word: value, number: Number(value), flag: true }[pointer.kind]
  return [...changedJson(page, (body) => write(body, pointer.path, leaf))]
}

function nextLink(replies: readonly HttpReply[]): string | undefined {
  const head = replies.find((reply) => reply.type === 'head')
  return /<([^>]*)>\s*;[^,]*\brel="?next\b/i.exec((head && header(head.headers, 'link')) ?? '')?.[1]
}

function valueOf(replies: readonly HttpReply[]): unknown {
  return jsonOf(replies)?.value
}

/** What is not within a list. */
function leavesOf(value: unknown, path: Path = []): readonly (readonly [Path, unknown])[] {
  if (!isRecord(value)) return typeof value === 'object' ? [] : [[path, value]]
  return Object.entries(value).flatMap(([name, each]) => leavesOf(each, [...path, name]))
}

function read(value: unknown, path: Path): unknown {
  return path.reduce((at: unknown, name) => (isRecord(at) ? at[name] : undefined), value)
}

function write(value: unknown, [name, ...rest]: Path, leaf: unknown): unknown {
  if (name === undefined) return leaf
  const at = isRecord(value) ? value : {}
  return { ...at, [name]: write(at[name], rest, leaf) }
}

function withoutItems(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutItems(each)]))
}
