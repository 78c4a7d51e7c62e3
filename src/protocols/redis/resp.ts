/** A value as RESP2 or RESP3 sends it. Numbers keep their spelling, maps are flat: key, value, key, value. */
export type Resp =
  | { readonly type: 'simple' | 'error' | 'integer' | 'double' | 'big'; readonly text: string }
  /** Of a bulk string too large to keep, `bytes` is only the beginning. */
  | { readonly type: 'bulk' | 'verbatim' | 'bulkError'; readonly bytes: Uint8Array; readonly size: number }
  | { readonly type: 'null'; readonly form: 'bulk' | 'array' | 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Of a list too long to keep, `items` are only the first of `size`. */
  | { readonly type: 'array' | 'set' | 'push' | 'map'; readonly items: readonly Resp[]; readonly size?: number }
  /** Facts beside a value. */
  | { readonly type: 'attribute'; readonly items: readonly Resp[]; readonly value: Resp }

/** The text of a value that has one; `undefined` for the others. */
export function textOf(value: Resp | undefined): string | undefined {
  if (value === undefined) return undefined
  if ('text' in value) return value.text
  return 'bytes' in value ? Buffer.from(value.bytes).toString('utf8') : undefined
}

/** The error that a value is, as its text; `undefined` when it is none. */
export function errorOf(value: Resp): string | undefined {
  return value.type === 'error' || value.type === 'bulkError' ? textOf(value) : undefined
}
