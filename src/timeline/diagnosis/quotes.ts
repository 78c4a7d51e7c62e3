import type { Moment } from '../moment.ts'

/** What the error of a test has of an exchange. */
export interface Quote {
  /** In words: `its message`, `23505`. */
  readonly what: string
  /** 3 for the whole message, 2 for a code that occurs nowhere else, 1 for a number that may be another one. */
  readonly weight: number
}

const shortest = 8

/** Whether the error of a test says what an exchange was answered by. */
export function quotes(error: string, { facts, protocol }: Moment): Quote | undefined {
  const { code = '', message = '' } = facts.error ?? {}
  if (message.length >= shortest && plain(error).includes(plain(message))) return { what: 'its message', weight: 3 }
  const said = facts.error?.details
    ?.map((line) => spoken(line))
    .find((line) => line !== undefined && error.includes(line))
  if (said !== undefined) return { what: 'what it said', weight: 3 }
  if (code === '' || !hasWord(error, code)) return undefined
  // A status or an error number may stand in an error for another reason, an SQLSTATE with a letter hardly.
  if (protocol === 'http' || /^\d{1,4}$/.test(code)) {
    const host = facts.http && hostOf(facts.http.url)
    return { what: code, weight: host !== undefined && error.includes(host) ? 2 : 1 }
  }
  return { what: code, weight: 2 }
}

/** The text that an answer in JSON has for people. */
function spoken(line: string): string | undefined {
  const [, text] = /"(?:message|error|detail|title|error_description)"\s*:\s*"((?:[^"\\]|\\.){8,})"/.exec(line) ?? []
  return text
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![\\p{L}\\d])${word.replaceAll(/[^\p{L}\d]/gu, '\\$&')}(?![\\p{L}\\d])`, 'u').test(text)
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}
