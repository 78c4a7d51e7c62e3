import type { BoundaryInput } from '../core/boundary.ts'
import { closestWord } from '../core/closest-word.ts'

/**
 * What to look for where a boundary was asked nothing in a whole run, though a variable led to it: its name may be
 * misspelt.
 *
 * @param all - Boundaries of the config, whose variables are not meant by another name.
 * @param env - In which another address may stand under a name like it.
 * @returns `undefined` for a boundary without a variable, and for one that leads to the program itself.
 */
export function unreadVariable(
  input: BoundaryInput,
  all: readonly BoundaryInput[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  const { env: name, protocol } = input
  if (name === undefined || protocol === 'webhook') return undefined
  const own = new Set(all.map((one) => one.env))
  const addresses = Object.keys(env).filter((other) => !own.has(other) && env[other]?.includes('://'))
  // Names of addresses end alike, so few letters are left to tell one from another.
  const close = closestWord(name, addresses, Math.floor(name.length / 4))
  const other = close === undefined ? '' : `; the environment has \`${close}\``
  return `Check that the program reads \`${name}\`, which leads to it${other}.`
}
