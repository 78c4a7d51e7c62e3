/** First bytes of values, by what they are. */
export const lineTypes: Readonly<Record<number, 'simple' | 'error' | 'integer' | 'double' | 'big'>> = {
  0x2b: 'simple',
  0x2d: 'error',
  0x3a: 'integer',
  0x2c: 'double',
  0x28: 'big',
}

/** Values of a stated length. */
export const bulkTypes: Readonly<Record<number, 'bulk' | 'verbatim' | 'bulkError'>> = {
  0x24: 'bulk',
  0x3d: 'verbatim',
  0x21: 'bulkError',
}

/** Values made of values. */
export const aggregateTypes: Readonly<Record<number, 'array' | 'set' | 'push' | 'map' | 'attribute'>> = {
  0x2a: 'array',
  0x7e: 'set',
  0x3e: 'push',
  0x25: 'map',
  0x7c: 'attribute',
}

/** `_`, the null of RESP3. */
export const nullByte = 0x5f
/** `#`, a boolean. */
export const booleanByte = 0x23
