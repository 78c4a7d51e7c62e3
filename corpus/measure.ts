import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type KnownBug, type Program, type Twin, twinsOf } from './program.ts'
import { commandLine, stage } from './stage.ts'

/** What is read of a cell in `.mortar/matrix.json`. */
export interface CellSeen {
  readonly id: string
  readonly boundary: string
  readonly operation: string
  readonly nth: number
  readonly fault: string
  readonly verdict: string
  readonly oracle: string
  readonly what: string
}

/** What the matrix has shown of one program. */
export interface Measured {
  readonly program: Program
  /** The cells that name the bug as `program.json` expects it. Empty although there is a bug: it was missed. */
  readonly found: readonly CellSeen[]
  /** What the cells said instead where the bug is, to see why it was missed. */
  readonly instead: readonly CellSeen[]
  /** Why no cell could name the bug: none was where it is said to be. */
  readonly nowhere?: string
  /** Bad verdicts on the fixed twin. */
  readonly wrong: readonly CellSeen[]
  /** More bad verdicts on the buggy twin. */
  readonly others: readonly CellSeen[]
  /** Why a twin could not be judged. */
  readonly problems: readonly string[]
  readonly cells: number
  /** Cells that say nothing: their fault was not reached, or could not be judged. */
  readonly undecided: number
  readonly durationMs: number
}

interface MatrixSeen {
  readonly cells: readonly CellSeen[]
  readonly tests: { readonly stable: number; readonly excluded: readonly { readonly why: string }[] }
  readonly leftOut: readonly unknown[]
}

const fine: ReadonlySet<string> = new Set([
  'handled',
  'degraded',
  'noticed',
  'suspected',
  'flaky',
  'unreachable',
  'not-applicable',
  'allowed',
])

const undecided: ReadonlySet<string> = new Set(['flaky', 'unreachable', 'not-applicable'])

/** Runs `mortar matrix` over the twins of a program, and holds what it says against what is known. */
export async function measure(program: Program): Promise<Measured> {
  const startedAt = performance.now()
  const { bug } = program
  const problems: string[] = []
  const seen = new Map<Twin, readonly CellSeen[]>()
  for (const twin of twinsOf(program)) {
    const { cells, problem } = await matrixOf(program, twin)
    seen.set(twin, cells)
    if (problem !== undefined) problems.push(`the ${twin} twin: ${problem}`)
  }
  const all = [...seen.values()].flat()
  const buggy = seen.get('buggy') ?? []
  const bad = (cells: readonly CellSeen[]): readonly CellSeen[] => cells.filter(({ verdict }) => !fine.has(verdict))
  const atBug = buggy.filter(
    ({ boundary, operation, fault }) =>
      boundary === bug?.boundary && operation === bug.operation && bug.faults.includes(fault),
  )
  const found = atBug.filter(
    ({ verdict, oracle }) => bug?.verdicts.includes(verdict) && (bug.oracles?.includes(oracle) ?? true),
  )
  const nowhere = bug === null || atBug.length > 0 || buggy.length === 0 ? undefined : whereElse(bug, buggy)
  return {
    program,
    found,
    instead: found.length > 0 ? [] : atBug,
    ...(nowhere !== undefined && { nowhere }),
    wrong: bad(seen.get('fixed') ?? []),
    others: bad(buggy).filter((cell) => !found.includes(cell)),
    problems,
    cells: all.length,
    undecided: all.filter(({ verdict }) => undecided.has(verdict)).length,
    durationMs: performance.now() - startedAt,
  }
}

/** Whether the matrix said of a program what is known of it. */
export function isRight({ program, found, wrong, problems }: Measured): boolean {
  return (program.bug === null || found.length > 0) && wrong.length === 0 && problems.length === 0
}

/** What there was in place of the boundary, of the operation or of the faults of a bug, the first that no cell was at. */
function whereElse({ boundary, operation, faults }: KnownBug, cells: readonly CellSeen[]): string {
  const there = cells.filter((cell) => cell.boundary === boundary)
  if (there.length === 0) {
    return `no cell was at the boundary \`${boundary}\`; there were ${namesOf(cells, (cell) => cell.boundary)}`
  }
  const same = there.filter((cell) => cell.operation === operation)
  if (same.length === 0) {
    return `no cell was at \`${operation}\` of ${boundary}; there were ${namesOf(there, (cell) => cell.operation)}`
  }
  const sought = faults.map((fault) => `\`${fault}\``).join(' or ')
  return `no cell of \`${operation}\` had the fault ${sought}; there were ${namesOf(same, (cell) => cell.fault)}`
}

function namesOf(cells: readonly CellSeen[], nameOf: (cell: CellSeen) => string): string {
  return [...new Set(cells.map((cell) => `\`${nameOf(cell)}\``))].toSorted().join(', ')
}

async function matrixOf(program: Program, twin: Twin): Promise<{ cells: readonly CellSeen[]; problem?: string }> {
  const { directory, node, close } = stage(program, twin)
  try {
    const { code, said } = await node([commandLine, 'matrix', '--fail-on', 'never'])
    const path = join(directory, '.mortar/matrix.json')
    if (!existsSync(path)) return { cells: [], problem: `no matrix came of it, exit ${code}:\n${said}` }
    const { cells, tests, leftOut } = JSON.parse(readFileSync(path, 'utf8')) as MatrixSeen
    const [excluded] = tests.excluded
    if (excluded) return { cells, problem: `its test was not judged: ${excluded.why}` }
    if (tests.stable === 0 || cells.length === 0) return { cells, problem: 'nothing was judged' }
    if (leftOut.length > 0) return { cells, problem: `${leftOut.length} cells were left out` }
    return { cells }
  } finally {
    close()
  }
}
