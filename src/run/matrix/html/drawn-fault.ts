import { faultOf } from '../../../matrix/catalogue.ts'
import type { Cell } from '../../../matrix/cell.ts'
import type { ExchangeDocument, MessageDocument } from '../exchange-document.ts'
import { faultedAnswer } from '../faulted-answer.ts'
import { diffLines } from './diff-lines.ts'
import { text } from './html-text.ts'

/** One line of a drawing. */
type Line =
  | { readonly kind: 'same' | 'gone' | 'new' | 'strike'; readonly text: string }
  | { readonly kind: 'changed'; readonly key: string; readonly was: string; readonly is: string }

/** How many lines around a change stay, and of how many alike ones some are left out. */
const around = 3
const mostAlike = 9
const mostLines = 60

/** An exchange with a fault drawn into it: what is lost struck through, what comes instead beside it. */
export async function drawnFault(cell: Cell, exchange: ExchangeDocument): Promise<string> {
  const fault = faultOf(cell)
  const { asked, answered } = exchange
  const strike = (what: string): Line => ({ kind: 'strike', text: what })
  const said = strike(`it ${fault?.said ?? cell.fault}`)
  const got = fault && (await faultedAnswer(cell, fault, exchange))
  if (!got) return drawing([...folded(question(asked)), said, ...folded(messageLines(answered, 'same'))])
  const above = folded(question(asked, got.asked))
  if (!got.answered) {
    const lost = /no answer/.test(cell.fault) ? 'no answer from here on' : 'the reply is lost here'
    const here = strike(got.reached > 0 ? lost : 'lost here, before the service sees it')
    return drawing([...above, here, ...folded(messageLines(answered, 'gone'))])
  }
  const below = overlaid('← ', answered, got.answered, got.lost)
  const isSeen = got.reached === 1 && [...above, ...below].some(({ kind }) => kind !== 'same')
  const here = got.reached === 0 && !fault.reaches ? strike('the service does not see it') : said
  return drawing([...above, ...(isSeen ? [] : [here]), ...folded(below)])
}

/** What was asked, with what the service sees instead laid over it. */
function question(asked: MessageDocument, seen?: MessageDocument): readonly Line[] {
  if (!seen) return [{ kind: 'same', text: `→ ${asked.head}` }, ...split(asked.body, 'same')]
  return overlaid('→ ', asked, seen, false)
}

function overlaid(side: '→ ' | '← ', was: MessageDocument, is: MessageDocument, lost: boolean): readonly Line[] {
  const headers = headerChanges(was, is, side === '→ ' ? any : telling)
  if (was.head === is.head) {
    return [{ kind: 'same', text: `${side}${was.head}` }, ...headers, ...bodyChanges(was.body, is.body, lost)]
  }
  // Another answer has another body, even if a line of it is the same.
  return [
    { kind: 'changed', key: side, was: was.head, is: is.head },
    ...headers,
    ...split(was.body, 'gone'),
    ...split(is.body, 'new'),
  ]
}

/** What a reader of an answer goes by besides its body. */
const telling = /^(?:content-type|retry-after|location|link)$/i
const any = /^(?!content-length$)/i

function headerChanges(was: MessageDocument, is: MessageDocument, which: RegExp): readonly Line[] {
  const lines = ({ headers }: MessageDocument): string[] =>
    headers.flatMap(([name, value]) => (which.test(name) ? [`${name.toLowerCase()}: ${value}`] : []))
  return changed(diffLines(lines(was).toSorted(), lines(is).toSorted()).filter(({ kind }) => kind !== 'same'))
}

function bodyChanges(was: string, is: string, lost: boolean): readonly Line[] {
  // Half a body is no JSON, so it was not laid out anew.
  if (is !== '' && was.length > is.length && was.startsWith(is)) {
    const rest = was.slice(is.length)
    return [
      ...split(is, 'same'),
      { kind: 'strike', text: lost ? 'the connection is lost here' : 'the body ends here' },
      ...split(rest, 'gone'),
    ]
  }
  const lines = changed(diffLines(was === '' ? [] : was.split('\n'), is === '' ? [] : is.split('\n')))
  return lost ? [...lines, { kind: 'strike', text: 'the connection is lost here' }] : lines
}

/** A field that goes, followed by itself with another value, is one that has changed. */
function changed(lines: readonly { readonly kind: 'same' | 'gone' | 'new'; readonly text: string }[]): Line[] {
  const found: Line[] = []
  for (const line of lines) {
    const before = found.at(-1)
    const [, key, is] = (line.kind === 'new' && field.exec(line.text)) || []
    const [, former, was] = (before?.kind === 'gone' && field.exec(before.text)) || []
    if (key !== undefined && key === former) found.splice(-1, 1, { kind: 'changed', key, was: was!, is: is! })
    else found.push(line)
  }
  return found
}

const field = /^(\s*(?:"(?:[^"\\]|\\.)*"|[\w-]+):\s*)(.*)$/

function messageLines(message: MessageDocument, kind: 'same' | 'gone'): readonly Line[] {
  return [{ kind, text: `← ${message.head}` }, ...split(message.body, kind)]
}

function split(body: string, kind: 'same' | 'gone' | 'new'): readonly Line[] {
  return body === '' ? [] : body.split('\n').map((each) => ({ kind, text: each }))
}

/** Leaves out most of a long run of lines that are alike. */
function folded(lines: readonly Line[]): readonly Line[] {
  const found: Line[] = []
  let at = 0
  while (at < lines.length) {
    const { kind } = lines[at]!
    let end = at
    while (end < lines.length && lines[end]!.kind === kind) end++
    const run = lines.slice(at, end)
    if (run.length <= mostAlike || kind === 'changed' || kind === 'strike') found.push(...run)
    else {
      const head = run.slice(0, around)
      const tail = end === lines.length ? run.slice(-1) : run.slice(-around)
      const left = run.length - head.length - tail.length
      found.push(...head, { kind: kind as 'same', text: `  ⋯ ${left} lines` }, ...tail)
    }
    at = end
  }
  return found
}

function drawing(lines: readonly Line[]): string {
  const shown = lines.slice(0, mostLines)
  const more = lines.length - shown.length
  return `<pre class="drawn" tabindex="0">${shown.map(lineOf).join('\n')}${more > 0 ? `\n⋯ ${more} lines` : ''}</pre>`
}

function lineOf(line: Line): string {
  if (line.kind === 'changed') return `${text(line.key)}<del>${text(line.was)}</del> <ins>${text(line.is)}</ins>`
  const [, indent = '', shown = ''] = /^(\s*)(.*)$/s.exec(text(line.text)) ?? []
  if (line.kind === 'strike') return `<mark><span aria-hidden="true">⚡ </span>${shown}</mark>`
  if (line.kind === 'gone') return `${indent}<del>${shown}</del>`
  return line.kind === 'new' ? `${indent}<ins>${shown}</ins>` : `${indent}${shown}`
}
