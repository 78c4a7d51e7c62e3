import type { Json } from '../json.ts'

/**
 * Changes a JSON text by changing its value, and keeps everything else as it was written: spaces, order, long
 * numbers, repeated names.
 *
 * @param otherwise - Changes a text that is no JSON.
 */
export function editJson(text: string, change: (value: Json) => Json, otherwise: (text: string) => string): string {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  let edited: string
  try {
    const before = JSON.parse(bare) as Json
    const after = change(before)
    if (after === before) return text
    edited = new Editor(bare).edit(before, after)
  } catch (error) {
    // Also when it is nested deeper than the stack reaches.
    if (error instanceof SyntaxError || error instanceof RangeError) return otherwise(text)
    throw error
  }
  return text === bare ? edited : `\ufeff${edited}`
}

class Editor {
  readonly #text: string
  #at = 0
  #copied = 0
  #result = ''

  constructor(text: string) {
    this.#text = text
  }

  edit(before: Json, after: Json): string {
    this.#value(before, after)
    return this.#result + this.#text.slice(this.#copied)
  }

  #value(before: Json | undefined, after: Json | undefined): void {
    const start = this.#skipSpace()
    const opening = this.#text[start]
    if (before !== after && opening === '{' && isObject(before) && isObject(after)) return this.#members(before, after)
    if (before !== after && opening === '[' && isList(before) && isList(after)) return this.#elements(before, after)
    this.#skipValue()
    // Under a repeated name only the last value is known; all of them are replaced when that one is.
    if (before === after || after === undefined) return
    this.#result += this.#text.slice(this.#copied, start) + JSON.stringify(after)
    this.#copied = this.#at
  }

  #members(before: Fields, after: Fields): void {
    this.#at++
    while (this.#text[this.#skipSpace()] !== '}') {
      const start = this.#at
      this.#skipString()
      const name = JSON.parse(this.#text.slice(start, this.#at)) as string
      this.#skipSpace()
      this.#at++
      this.#value(before[name], after[name])
      if (this.#text[this.#skipSpace()] === ',') this.#at++
    }
    this.#at++
  }

  #elements(before: readonly Json[], after: readonly Json[]): void {
    this.#at++
    for (let i = 0; this.#text[this.#skipSpace()] !== ']'; i++) {
      this.#value(before[i], after[i])
      if (this.#text[this.#skipSpace()] === ',') this.#at++
    }
    this.#at++
  }

  #skipSpace(): number {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? 'x')) this.#at++
    return this.#at
  }

  #skipString(): void {
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) if (this.#text[this.#at] === '\\') this.#at++
    this.#at++
  }

  #skipValue(): void {
    let depth = 0
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '"') this.#skipString()
      else if (char === '{' || char === '[' || char === '}' || char === ']') {
        depth += char === '{' || char === '[' ? 1 : -1
        this.#at++
      } else if (char === ',' || char === ':') this.#at++
      else this.#skipScalar()
      if (depth <= 0 || this.#skipSpace() >= this.#text.length) return
    }
  }

  #skipScalar(): void {
    const end = /[\s,\]}:]/g
    end.lastIndex = this.#at
    this.#at = end.exec(this.#text)?.index ?? this.#text.length
  }
}

type Fields = { readonly [key: string]: Json | undefined }

function isObject(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
