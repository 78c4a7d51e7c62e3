import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'

/** As many statements as the parent had rows are a loop over them from this many on. */
const fewest = 3
/** Where an ORM leaves out the rows that it knows already, it takes this many to tell. */
const many = 10
/** How many statements may stand between the parent and the loop. */
const nearby = 3

/**
 * A query, and then one more for each of its rows: reads of one fingerprint with different values, between which there
 * is nothing but statements that are repeated as well, shortly after a query on one of the same connections that had
 * as many rows. A test that loops by itself has no such parent. Writes are left alone.
 */
export function nPlusOne({ moments }: Timeline): readonly TimelineFinding[] {
  return [...byTest(moments).values()].flatMap((inTest) => {
    const statements = inTest.filter(({ facts, ok }) => facts.sql && ok === true && !isBracket(facts.sql.verbs))
    return [...Map.groupBy(statements, ({ boundary }) => boundary).values()].flatMap(inBoundary)
  })
}

function inBoundary(statements: readonly Moment[]): readonly TimelineFinding[] {
  const groups = Map.groupBy(statements, fingerprintOf)
  const repeated = new Set(
    [...groups].filter(([, group]) => group.length >= fewest).map(([fingerprint]) => fingerprint),
  )
  return [...repeated].flatMap((fingerprint) => {
    const [first] = groups.get(fingerprint)!
    if (!first || !isLoopRead(first)) return []
    return loopsOf(fingerprint, statements, repeated).flatMap((loop) => {
      const parents = differ(loop) ? parentsOf(loop, statements) : undefined
      return parents ? [report(loop, parents, statements)] : []
    })
  })
}

/** Stretches of one fingerprint that nothing unrepeated interrupts. */
function loopsOf(
  fingerprint: string,
  statements: readonly Moment[],
  repeated: ReadonlySet<string>,
): readonly Moment[][] {
  const loops: Moment[][] = [[]]
  for (const statement of statements) {
    if (fingerprintOf(statement) === fingerprint) loops.at(-1)!.push(statement)
    else if (!repeated.has(fingerprintOf(statement))) loops.push([])
  }
  return loops.filter((loop) => loop.length >= fewest)
}

/** The queries whose rows are looped over: usually one; several when it is within a loop itself. */
function parentsOf(loop: readonly Moment[], statements: readonly Moment[]): readonly Moment[] | undefined {
  const start = statements.indexOf(loop[0]!)
  const end = statements.indexOf(loop.at(-1)!)
  const sessions = new Set(loop.map(({ facts }) => facts.session))
  for (let at = start - 1; at >= Math.max(0, start - nearby); at--) {
    const nearest = statements[at]!
    if (!isRead(nearest) || fingerprintOf(nearest) === fingerprintOf(loop[0]!) || !sessions.has(nearest.facts.session))
      continue
    const parents = statements.slice(at, end).filter((each) => fingerprintOf(each) === fingerprintOf(nearest))
    const rows = parents.reduce((sum, { facts }) => sum + facts.sql!.rows, 0)
    // One row each is what any program does that is asked several times.
    if (rows < 2 * parents.length) continue
    const count = loop.length
    if (rows === count || rows * 2 === count || (rows > count && count >= many)) return parents
  }
  return undefined
}

function report(loop: readonly Moment[], parents: readonly Moment[], statements: readonly Moment[]): TimelineFinding {
  const [first] = loop as [Moment]
  const [parent] = parents as [Moment]
  const startedAt = statements[0]!.at
  const rows = parents.reduce((sum, { facts }) => sum + facts.sql!.rows, 0)
  const total = Math.round(loop.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0))
  const shown = [parent, ...loop.slice(0, 3)]
  return {
    code: 'n-plus-one',
    severity: 'warning',
    boundary: first.boundary,
    test: first.test,
    title: `${first.boundary}: ${loop.length} × ${first.operation}, one for each of the ${rows} rows of ${parent.operation}`,
    detail: [
      ...shown.map((each, i) =>
        evidenceLine(each, startedAt, i === 0 ? `its ${rows} rows are looped over` : undefined),
      ),
      ...(loop.length > 3 ? [`… and ${loop.length - 3} more of them, ${total} ms in all`] : []),
    ],
    likeness: `${fingerprintOf(parent)} ${fingerprintOf(first)}`,
    exchanges: [...parents, ...loop].map(({ id }) => id),
  }
}

/** Whether they ask for different things: the same one again and again is waiting, or a cache that is missed. */
function differ(loop: readonly Moment[]): boolean {
  const asked = new Set(loop.map(({ facts }) => `${facts.sql!.text}\n${facts.sql!.parameters.join('\n')}`))
  return asked.size >= 2 && asked.size * 2 >= loop.length
}

function isLoopRead(moment: Moment): boolean {
  const { fingerprint } = moment.facts.sql!
  // Pages are asked for one by one on purpose.
  return (
    isRead(moment) && !/\bOFFSET \?/.test(fingerprint) && !/^SELECT (?:pg_|information_schema)/.test(moment.operation)
  )
}

function isRead({ effect, facts }: Moment): boolean {
  return !effect && facts.sql!.verbs.every((verb) => verb === 'SELECT')
}

function isBracket(verbs: readonly string[]): boolean {
  return (
    verbs.length > 0 &&
    verbs.every((verb) => ['BEGIN', 'COMMIT', 'ROLLBACK', 'SET', 'SAVEPOINT', 'RELEASE'].includes(verb))
  )
}

function fingerprintOf({ facts }: Moment): string {
  return facts.sql!.fingerprint
}
