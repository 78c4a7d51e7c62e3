import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, keyOfTest, type Moment, type Timeline } from '../moment.ts'
import { transactionsOf } from '../transactions.ts'

/** Codes by which servers say that they take no more connections. */
const fullServer: ReadonlySet<string> = new Set(['53300', '1040', '1203', '1226'])
const fullServerText =
  /too many (?:clients|connections)|max number of clients|maximum connections exceeded|connection slots/i

/** How pools of clients say that they have waited in vain. */
export const emptyPool: RegExp =
  /timeout exceeded when trying to connect|(?:connection|knex|sequelize)?\s*(?:pool|ResourceRequest) (?:is probably full|timed out)|timed out fetching a new connection|timeout acquiring a connection|ConnectionAcquireTimeout|QueuePool limit|Connection is not available, request timed out|pool exhausted|pool timed out|no connection is available/i

/** No connection was to be had: the server is full, or the pool of the program is empty. */
export function poolExhausted({ moments, tests }: Timeline): readonly TimelineFinding[] {
  const grouped = byTest(moments)
  const refused = [...grouped.values()].flatMap((inTest) => {
    const first = inTest.find(isFull)
    return first
      ? [report(inTest, first.boundary, `no connection was left (${first.facts.error!.message})`, first)]
      : []
  })
  const told = new Set(refused.map(({ test }) => keyOfTest(test)))
  const waited = tests.flatMap(({ test, error }) => {
    const said = error === null ? undefined : emptyPool.exec(error)?.[0]
    const inTest = grouped.get(keyOfTest(test)) ?? []
    const held = transactionsOf(inTest).filter(({ outcome }) => outcome === 'open')
    const boundaries = new Set(
      (held.length > 0 ? held : inTest.filter(({ facts }) => facts.sql)).map((each) => each.boundary),
    )
    const [boundary] = boundaries
    if (said === undefined || boundary === undefined || boundaries.size > 1 || told.has(keyOfTest(test))) return []
    return [report(inTest, boundary, `the program waited in vain for a connection of its pool (${said})`)]
  })
  return [...refused, ...waited]
}

function isFull({ ok, facts }: Moment): boolean {
  const error = ok === false ? facts.error : undefined
  return error !== undefined && (fullServer.has(error.code) || fullServerText.test(error.message))
}

function report(moments: readonly Moment[], boundary: string, what: string, refused?: Moment): TimelineFinding {
  const here = moments.filter((moment) => moment.boundary === boundary)
  const sessions = new Set(here.flatMap(({ facts }) => facts.session ?? []))
  const held = transactionsOf(here).filter(({ outcome }) => outcome === 'open')
  const startedAt = moments[0]!.at
  const last = held.map(({ statements }) => statements.at(-1)!)
  return {
    code: 'pool-exhausted',
    severity: 'warning',
    boundary,
    test: moments[0]!.test,
    title: `${boundary}: ${what}`,
    detail: [
      `${sessions.size} connections were used, ${held.length} of them left in a transaction that nobody ended`,
      ...last.slice(0, 5).map((each) => evidenceLine(each, startedAt, 'the last statement of its connection')),
      ...(refused ? [evidenceLine(refused, startedAt)] : []),
    ],
    likeness: refused?.facts.error?.code ?? 'pool',
    exchanges: [...last, ...(refused ? [refused] : [])].map(({ id }) => id),
  }
}
