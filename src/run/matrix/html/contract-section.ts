import type { FieldProof, ProvedField, ProvedOperation } from '../../../core/proved-contract.ts'
import { plural } from '../../wording.ts'
import { text } from './html-text.ts'

/** What the program needs of each answer, field by field, and what shows it. */
export function contractSection(contracts: readonly ProvedOperation[], boundaries: readonly string[]): string {
  return contracts.map((contract, i) => contractDetails(contract, i, boundaries)).join('\n')
}

/** A field with those below it. */
interface Node {
  readonly name: string
  field?: ProvedField
  readonly below: Map<string, Node>
}

function contractDetails(contract: ProvedOperation, i: number, boundaries: readonly string[]): string {
  const { boundary, operation, status, contentType, fields, anyOf, sufficient, givenUpAfter, tests } = contract
  const needed = fields.filter(({ grade }) => grade === 'asserted' || grade === 'propagated').length
  const enough = sufficient
    ? `<p>A body with only what is needed ${sufficient.held ? 'is enough' : '<strong>is not enough</strong>'} (<a href="#cell-${text(sufficient.cell)}"><code>${text(sufficient.cell)}</code></a>).</p>`
    : '<p class="note">Whether a body with only what is needed is enough was not tried.</p>'
  const end =
    givenUpAfter === undefined
      ? ''
      : `<p class="note">The search was given up after ${plural(givenUpAfter, 'change')}: more may be needed.</p>`
  const groups = anyOf.map(
    (members) =>
      `<li>${members.map((pointers) => pointers.map((pointer) => `<code>${text(pointer)}</code>`).join(' with ')).join(' or ')}</li>`,
  )
  return `<details class="contract" id="contract-${i + 1}" data-b="${boundaries.indexOf(boundary)}">
<summary><h3><small>${text(boundary)}</small> ${text(operation)} <small>${status === 0 ? '' : `→ ${status} `}${text(contentType)}</small></h3> <span class="count">${needed} of ${plural(fields.length, 'field')} needed</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Fields of ${text(operation)}"><table class="fields"><thead><tr><th scope="col">field</th><th scope="col">recorded as</th><th scope="col">grade</th><th scope="col">read by</th><th scope="col">absent</th><th scope="col">null</th><th scope="col">other type</th></tr></thead>
<tbody>${rowsOf(treeOf(fields).below, 0).join('\n')}</tbody></table></div>
${groups.length === 0 ? '' : `<p>Any one of these is enough:</p><ul>${groups.join('')}</ul>`}${enough}${end}
<p class="note">This holds for ${plural(tests.length, 'test')}: ${tests
    .slice(0, 10)
    .map(({ name }) => `<q>${text(name)}</q>`)
    .join(', ')}${tests.length > 10 ? ` and ${tests.length - 10} more` : ''}.</p></details>`
}

function treeOf(fields: readonly ProvedField[]): Node {
  const root: Node = { name: '', below: new Map() }
  for (const field of fields) {
    let at = root
    for (const name of field.pointer.split('/').slice(1)) {
      const next: Node = at.below.get(name) ?? {
        name: name.replaceAll('~1', '/').replaceAll('~0', '~'),
        below: new Map(),
      }
      at.below.set(name, next)
      at = next
    }
    at.field = field
  }
  return root
}

function rowsOf(nodes: ReadonlyMap<string, Node>, depth: number): string[] {
  return [...nodes.values()].flatMap((node) => [rowOf(node, depth), ...rowsOf(node.below, depth + 1)])
}

const deepest = 8

function rowOf({ name, field, below }: Node, depth: number): string {
  const shown = name === '*' ? 'each element' : name
  const head = `<th scope="row" class="deep-${Math.min(depth, deepest)}"><code>${text(shown)}</code>${below.size > 0 ? '<span class="said">, with</span>' : ''}</th>`
  if (!field) return `<tr>${head}<td colspan="6"></td></tr>`
  const { types, grade, readBy, absent, null: asNull, wrongType } = field
  return `<tr class="${text(grade)}">${head}<td>${text(types.join(' or '))}</td><td><span class="chip ${gradeKind(grade)}">${text(grade)}</span></td><td>${text(readBy)}</td>${[absent, asNull, wrongType].map(proofCell).join('')}</tr>`
}

function gradeKind(grade: ProvedField['grade']): string {
  return grade === 'asserted' || grade === 'propagated' ? 'good' : grade === 'read' ? 'fair' : 'none'
}

function proofCell(proof: FieldProof | undefined): string {
  if (!proof) return '<td class="note">not tried</td>'
  const { cell, needed, why } = proof
  return `<td><a href="#cell-${text(cell)}" title="${text(why)}">${needed ? '✗ breaks' : '✓ goes on'}</a></td>`
}
