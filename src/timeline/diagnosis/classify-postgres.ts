import type { DiagnosisKind } from './kinds.ts'
import { wordTable } from '../../core/word-table.ts'

const exact: Readonly<Record<string, DiagnosisKind>> = wordTable({
  '40001': 'serialization',
  '40P01': 'deadlock',
  '42501': 'authentication',
  '42601': 'validation',
  '55P03': 'timeout',
  '57014': 'timeout',
  '25P03': 'timeout',
  P0001: 'validation',
})

/** By the first two characters: PostgreSQL's appendix A. */
const classes: Readonly<Record<string, DiagnosisKind>> = wordTable({
  '08': 'connection',
  '22': 'validation',
  '23': 'constraint',
  '28': 'authentication',
  '3D': 'connection',
  '3F': 'schema',
  '40': 'serialization',
  '42': 'schema',
  '53': 'connection',
  '57': 'connection',
})

/** What an SQLSTATE means for whoever asked. */
export function classifyPostgres(code: string): DiagnosisKind {
  return exact[code] ?? classes[code.slice(0, 2)] ?? 'external-answer'
}
