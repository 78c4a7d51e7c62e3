import { isList, readList, wrongField } from '../../core/json-fields.ts'
import type { Json } from '../../core/json.ts'
import type { HeaderList } from './message.ts'

/** Reads `[["Accept", "…"], …]`; an absent list is an empty one. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
export function readHeaders(value: Json | undefined, path: string): HeaderList {
  return readList(value, path).map((pair, i) => {
    const [name, text, more] = isList(pair) ? pair : []
    if (typeof name === 'string' && typeof text === 'string' && more === undefined) return [name, text] as const
    throw wrongField(`${path}[${i}]`, 'a pair of name and value', pair)
  })
}
