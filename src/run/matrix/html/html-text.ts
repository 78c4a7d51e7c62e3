import type { TestRef } from '../../../core/exchange.ts'

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What comes from outside, as text of a page; characters that change directions are made visible. */
export function text(value: string): string {
  return value
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => named[character]!)
}

/** The beginning of what may be of any length. */
export function clipped(value: string, most = 1000): string {
  return value.length > most ? `${value.slice(0, most)}…` : value
}

/** A sentence of which some parts stand between backticks: these become code. */
export function withCode(sentence: string): string {
  return sentence
    .split('`')
    .map((part, i) => (i % 2 === 1 ? `<code>${text(part)}</code>` : text(part)))
    .join('')
}

/** A test by its name and, where it has one, its file. */
export function testName({ name, file }: TestRef): string {
  return `<q>${text(name)}</q>${file === '' ? '' : ` <small>${text(file)}</small>`}`
}
