import { MortarError } from '../core/errors.ts'
import { closestWord, nearestWords } from '../core/closest-word.ts'

/** A mistake on the command line. @returns MortarError `MORTAR_USAGE` */
export function usageError(message: string, hint?: string): MortarError {
  return new MortarError('MORTAR_USAGE', message, hint === undefined ? {} : { hint })
}

/** The error for a word that is none of `known`, naming the nearest one. */
export function unknownWord(kind: string, word: string, known: readonly string[], help: string): MortarError {
  const near = closestWord(
    word.replace(/^-+/, ''),
    known.map((name) => name.replace(/^-+/, '')),
  )
  const found = near === undefined ? undefined : known.find((name) => name.replace(/^-+/, '') === near)
  return usageError(
    `unknown ${kind} \`${word}\``,
    found === undefined
      ? `Run \`${help}\` to see what there is.`
      : `Did you mean \`${found}\`? \`${help}\` lists them all.`,
  )
}

/** The error for a name that is none of `known`, listing the nearest ones. @param most - How many are listed. */
export function unknownName(
  kind: string,
  word: string,
  known: readonly string[],
  most: number = Number.POSITIVE_INFINITY,
): MortarError {
  const near = nearestWords(word, known).slice(0, most)
  const list = near.map((name) => `\`${name}\``).join(', ')
  const which = near.length < known.length ? 'The nearest are' : 'There are'
  return usageError(`unknown ${kind} \`${word}\``, near.length === 0 ? `There is none.` : `${which} ${list}.`)
}

/** @throws MortarError `MORTAR_USAGE` when a command that takes no words was given one */
export function unexpectedPositional(command: string, positionals: readonly string[]): void {
  const [word] = positionals
  if (word !== undefined)
    throw usageError(`\`mortar ${command}\` has no use for \`${word}\``, `Run \`mortar ${command} --help\`.`)
}
