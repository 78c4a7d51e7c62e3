import type { ProvedField, ProvedOperation } from '../../core/proved-contract.ts'

/** What can change in the answers of one operation, though the program reads it, and no test notices. */
export interface Suspicion {
  readonly boundary: string
  readonly operation: string
  /** `3 fields of GET /x can change, and no test notices: /a (absent), /b` */
  readonly sentence: string
}

const mostNamed = 6

/** One suspicion for each operation, those with the most fields first. */
export function suspicionsOf(operations: readonly ProvedOperation[]): readonly Suspicion[] {
  const groups = Map.groupBy(operations, ({ boundary, operation }) => `${boundary}\0${operation}`)
  const found = [...groups.values()].flatMap((group) => {
    const { boundary, operation } = group[0]!
    const fields = [...new Set(group.flatMap((one) => one.fields.flatMap((field) => unnoticed(field, one))))]
    if (fields.length === 0) return []
    const named = fields.slice(0, mostNamed).join(', ')
    const more = fields.length > mostNamed ? ` and ${fields.length - mostNamed} more` : ''
    const count = fields.length === 1 ? '1 field' : `${fields.length} fields`
    const sentence = `${count} of ${operation} can change, and no test notices: ${named}${more}`
    return [{ count: fields.length, suspicion: { boundary, operation, sentence } }]
  })
  return found.toSorted((a, b) => b.count - a.count).map(({ suspicion }) => suspicion)
}

function unnoticed({ pointer, readBy, ...field }: ProvedField, { anyOf }: ProvedOperation): readonly string[] {
  if ((readBy !== 'program' && readBy !== 'both') || anyOf.flat(2).includes(pointer)) return []
  const proofs = [
    ['absent', field.absent],
    ['null', field.null],
    ['another type', field.wrongType],
  ] as const
  const tried = proofs.flatMap(([name, proof]) => (proof ? [{ name, needed: proof.needed }] : []))
  const free = tried.filter(({ needed }) => !needed).map(({ name }) => name)
  if (free.length === 0) return []
  return [free.length === tried.length ? pointer : `${pointer} (${free.join(', ')})`]
}
