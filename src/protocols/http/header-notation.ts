import { isList, readList, wrongField } from '../../core/json-fields.ts'
import type { Json } from '../../core/json.ts'
import type { HeaderList } from './message.ts'

/** Pairs by value, by name: nearly all are the same in every exchange, and one copy of them is in memory already. */
const known = new Map<string, Map<string, HeaderList[number]>>()
const maxKnown = 10_000
let knownCount = 0

/** Reads `[["Accept", "…"], …]`; an absent list is an empty one. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
export function readHeaders(value: Json | undefined, path: string): HeaderList {
  return readList(value, path).map((pair, i) => {
    const [name, text, more] = isList(pair) ? pair : []
    if (typeof name === 'string' && typeof text === 'string' && more === undefined) return pairOf(name, text)
    throw wrongField(`${path}[${i}]`, 'a pair of name and value', pair)
  })
}

function pairOf(name: string, value: string): HeaderList[number] {
  let values = known.get(name)
  let pair = values?.get(value)
  if (pair) return pair
  pair = [name, value]
  if (knownCount++ >= maxKnown) {
    known.clear()
    knownCount = 0
    values = undefined
  }
  if (!values) known.set(name, (values = new Map()))
  values.set(value, pair)
  return pair
}
