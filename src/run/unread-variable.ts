import type { BoundaryInput } from '../core/boundary.ts'
import { closestWord } from '../core/closest-word.ts'

/**
 * What to look for where a boundary was asked nothing in a whole run, though a variable led to it: its name may be
 * misspelt.
 *
 * @param env - In which another address may stand under a name like it.
 * @returns `undefined` for a boundary without a variable, and for one that leads to the program itself.
 */
export function unreadVariable(input: BoundaryInput, env: NodeJS.ProcessEnv): string | undefined {
  const { env: name, protocol } = input
  if (name === undefined || protocol === 'webhook') return undefined
  const addresses = Object.keys(env).filter((other) => other !== name && env[other]?.includes('://'))
  const close = closestWord(name, addresses)
  const other = close === undefined ? '' : `; the environment has \`${close}\``
  return `Check that the program reads \`${name}\`, which leads to it${other}.`
}
