/** One word as a shell reads it back. */
export function quoteWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Program and arguments as one line for a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => quoteWord(word)).join(' ')
}
