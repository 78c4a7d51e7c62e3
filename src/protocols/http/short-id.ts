/** What is counted by those who write paths, such as pages of a form, and words that end in a number. */
const counted: ReadonlySet<string> = new Set(
  'chapter covid day http iso level md oauth page part phase question section sha stage step tab tier utf version web week year'.split(
    ' ',
  ),
)

/** The same without a separator: names such as `mp4`, `x64`, `p95` and `s3`. */
const named = /^(?:(?:b|e|ec|es|h|ip|ipv|k|m|mp|q|r|rc|s|utf|v|x)\d+|p(?:50|75|90|95|99|999))$/i

/** Words that end in s and are no plurals. */
const notPlural = /(?:ss|us|is|news|docs|settings|sales|series)$/

/** A prefix, and what is behind it: a number, or something random. */
const prefixed = /^([A-Za-z]{1,12})([_-])([A-Za-z\d]+)$/

/** The same with nothing between: `o17`, `ord17`. */
const joined = /^([A-Za-z]{1,4})\d+$/

/**
 * Whether a segment of a path names one thing of many though it is short, as in `/dispatches/d_2`, `/order/ord-17`,
 * `/orders/o17` and `/customers/cus_Abc123`. What it stands behind has to bear it out: its plural, or a word that its prefix is short for.
 */
export function isShortId(segment: string, parent: string): boolean {
  const above = parent.toLowerCase().replaceAll(/[^a-z]/g, '')
  const isPlural = /[a-z]s$/.test(above) && !notPlural.test(above)
  const letters = joined.exec(segment)?.[1]?.toLowerCase()
  if (letters !== undefined)
    return (
      isPlural && !counted.has(letters) && !named.test(segment) && (letters.length < 3 || isShortFor(letters, above))
    )
  const [, prefix = '', separator, rest = ''] = prefixed.exec(segment) ?? []
  const word = prefix.toLowerCase()
  const kind = kindOf(rest)
  if (word === '' || kind === undefined || counted.has(word)) return false
  // No name is written like that.
  if (kind === 'mixed' && separator === '_') return true
  return isShortFor(word, above) || isPlural
}

function kindOf(rest: string): 'number' | 'mixed' | 'random' | undefined {
  if (/^\d+$/.test(rest)) return 'number'
  if (/^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])\w{4,}$/.test(rest)) return 'mixed'
  return /^(?=.*\d[a-z]+\d)[a-z\d]{4,}$/.test(rest) ? 'random' : undefined
}

/** `ord` of `orders`, `pi` of `payment_intents`, `cus` of `customers`. */
function isShortFor(word: string, whole: string): boolean {
  if (word.length >= whole.length || word[0] !== whole[0]) return false
  let at = 0
  for (const letter of whole) if (letter === word[at]) at++
  return at === word.length
}
