import type { FieldProof, ProvedField, ProvedOperation } from '../core/proved-contract.ts'
import { isNeeded, triedFor } from './needs.ts'

/** For which tests an operation's contract holds, and how it was shown, a line each. */
export function scopeLines({ tests, sufficient, anyOf, givenUpAfter }: ProvedOperation): readonly string[] {
  const names = tests.map(({ file, name }) => (file === '' ? name : `${file} > ${name}`))
  return [
    `Proved for these tests, and no others: ${names.join('; ')}.`,
    sufficient === undefined
      ? 'Whether an answer with nothing else is enough was not tried.'
      : sufficient.held
        ? `An answer with nothing else is enough: cell ${sufficient.cell}.`
        : `An answer with nothing else is not enough, so something is missing here: cell ${sufficient.cell}.`,
    ...(givenUpAfter === undefined
      ? []
      : [`The search was given up after ${givenUpAfter} changes, so more may be needed than is said here.`]),
    ...anyOf.map((group) => `Any one of these is enough: ${group.map((set) => set.join(' with ')).join(', or ')}.`),
  ]
}

/** What was shown of one field: `needed: without it the test failed (cell 4a0159191d); null in its place …`. */
export function fieldLine({ grade, types, absent, null: asNull, wrongType, readBy }: ProvedField): string {
  const parts = [
    tell('without it', absent),
    tell('with null in its place', asNull),
    tell(`as ${triedFor(types).join(' or ')}`, wrongType),
  ].filter((part) => part !== undefined)
  const who = readBy === 'unknown' ? '' : `, read by ${readBy === 'both' ? 'program and test' : readBy}`
  return `${grade}${who}${parts.length > 0 ? `: ${parts.join('; ')}` : ''}`
}

/** Fields that only tests read: they are no need of the program. */
export function readByTests({ fields }: ProvedOperation): readonly string[] {
  return fields
    .filter((field) => field.readBy === 'test' && isNeeded({ ...field, readBy: 'both' }))
    .map(({ pointer }) => pointer)
}

function tell(what: string, proof: FieldProof | undefined): string | undefined {
  if (!proof) return undefined
  return `${what} ${proof.needed ? proof.why : 'all goes well'} (cell ${proof.cell})`
}
