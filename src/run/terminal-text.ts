const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * One line that is safe to print: line breaks become spaces, and other control characters become `�`, so that a name
 * from a journal cannot move the cursor or change colours.
 */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*|\t/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** How many columns a terminal uses for `text`, colours not counted. */
export function widthOf(text: string): number {
  const plain = text.replace(/\u001b\[\d+m/g, '')
  if (/^[\u0020-\u007e]*$/.test(plain)) return plain.length
  let width = 0
  for (const { segment } of graphemes.segment(plain)) width += wide.test(segment) ? 2 : 1
  return width
}

/** The beginning of `text`, ended by `…` when it takes more than `columns`. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let width = 0
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** `text` filled up with spaces to `columns`. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const spaces = ' '.repeat(Math.max(0, columns - widthOf(text)))
  return side === 'right' ? text + spaces : spaces + text
}

/** The words of `text` in lines of at most `columns`; a word that is longer has a line of its own. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  return lines
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** Colours a text for a terminal. */
export type Paint = (text: string, ...styles: readonly (keyof typeof codes)[]) => string

/** @param color - False gives the text back as it is. */
export function painter(color: boolean): Paint {
  if (!color) return (text) => text
  return (text, ...styles) => styles.reduce((inner, style) => `\u001b[${codes[style]}m${inner}\u001b[0m`, text)
}
