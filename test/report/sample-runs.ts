import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import type { CheckedMatrix, DeclaredBoundary, RecordedExchange, SummaryInput } from '../../src/run/summary/input.ts'
import { testKey } from '../../src/run/summary/tally.ts'
import { day, JournalBuilder, start } from './journal-builder.ts'

const boundaries: readonly DeclaredBoundary[] = [
  { name: 'github', protocol: 'http', origin: 'https://api.github.com', owner: 'external', risk: 'critical' },
  {
    name: 'payments',
    protocol: 'http',
    origin: 'https://api.stripe.com',
    owner: 'external',
    risk: 'high',
    refreshEveryMs: 7 * day,
    stale: 'fail',
  },
  { name: 'search', protocol: 'http', origin: 'http://search.internal:9200', owner: 'platform', risk: 'low' },
]

/** Builds an input around a journal: everything else is a run that passes. */
export function inputOf(journal: JournalBuilder, more: Partial<SummaryInput> = {}): SummaryInput {
  return {
    events: journal.events,
    boundaries: boundaries.slice(0, 1),
    recordings: [recording()],
    command: 'vitest run',
    testExitCode: 0,
    now: start + day,
    ...more,
  }
}

export function recording(more: Partial<RecordedExchange> = {}): RecordedExchange {
  return {
    boundary: 'github',
    file: 'cassettes/bot.json',
    operation: 'GET /repos/a/b',
    recordedAt: start - 7 * 366 * day,
    ...more,
  }
}

/** A run in which something of every kind went wrong. */
export function troubledRun(): SummaryInput {
  const journal = new JournalBuilder()
  journal
    .exchange(null, { operation: 'GET /rate_limit', by: 'service' }, { durationMs: 212 })
    .test('labels an issue > reads the repository first', 'passed', (test) => {
      journal.exchange(test).exchange(test, { operation: 'GET /repos/a/b/issues/1' }, { durationMs: 14 })
      journal.exchange(test, { operation: 'POST /repos/a/b/issues/1/labels', effect: true }, { durationMs: 7 })
    })
    .test(
      'labels an issue > creates a missing label',
      'failed',
      (test) => {
        journal
          .exchange(test)
          .exchange(test, { operation: 'GET /repos/a/b/labels/bug' }, { ok: false, summary: '404 Not Found' })
        journal.miss(test)
      },
      'MortarError: No recording answers POST https://api.github.com/repos/a/b/labels',
    )
    .test('charges > refunds what was taken twice', 'failed', (test) => journal.exchange(test), 'expected 2 to be 1')
    .test('charges > waits for the bank', 'skipped')
    .test('reports > sends a heartbeat', 'passed', (test) => journal.unknown(test).unknown(test))
    .test('streams > follows events', 'passed', (test) => {
      journal.exchange(test, { operation: 'GET /events' }, { durationMs: 1840 })
      journal.exchange(test, { operation: 'GET /events' }, null)
    })
    .unknown(null, 'tcp://10.0.0.1:5432', 'passthrough')
    .warning('MORTAR_UPSTREAM_RESET', 'The service closed the connection while GET /events was recorded')
    .saved('cassettes/charges.json', 4, 2)
  return inputOf(journal, {
    boundaries,
    testExitCode: 1,
    contracts: { github: ['GET /repos/{owner}/{repo}', 'DELETE /repos/{owner}/{repo}'] },
    recordings: [
      recording(),
      recording({ operation: 'GET /repos/a/b/issues/1' }),
      recording({ operation: 'PATCH /repos/a/b/issues/1', recordedAt: start - 400 * day }),
      recording({ operation: 'GET /repos/a/b/labels/bug', file: 'cassettes/labels.json', recordedAt: null }),
      recording({
        boundary: 'payments',
        operation: 'POST /v1/charges',
        file: 'cassettes/pay.json',
        recordedAt: start - 30 * day,
      }),
      recording({
        boundary: 'payments',
        operation: 'POST /v1/refunds',
        file: 'cassettes/pay.json',
        recordedAt: start - 2 * day,
      }),
    ],
  })
}

/** A run whose timeline was looked at: a failed test with its diagnosis, and a finding; names as an attacker chooses them. */
export function observedRun(name: string = 'places an order'): SummaryInput {
  const journal = new JournalBuilder()
  journal.test(
    name,
    'failed',
    (test) => journal.exchange(test, { operation: 'INSERT orders' }),
    'expected 500 to be 201',
  )
  const test = { file: 'test/bot.test.ts', name }
  const key = testKey(test)
  return inputOf(journal, {
    testExitCode: 1,
    observed: {
      findings: [
        {
          code: 'n-plus-one',
          severity: 'warning',
          boundary: name,
          test,
          title: `${name}: 6 × SELECT customers`,
          detail: [name, 'and once more'],
          likeness: '',
          exchanges: ['x1'],
        },
      ],
      ignored: [{ rule: { code: 'slow-statement', boundary: name, reason: name }, count: 2 }],
      expired: [],
      diagnoses: new Map([
        [
          key,
          { boundary: name, kind: 'constraint', because: `INSERT was answered by 23505 ${name}`, exchanges: ['x1'] },
        ],
      ]),
      artifacts: new Map([[key, '.mortar/runs/20260301T120000-0000/artifacts/bot.test/places #1/timeline.md']]),
    },
  })
}

/** A run with `exchanges` exchanges in `tests` tests. The first test has a tenth of them. */
export function largeRun(exchanges: number, tests: number): SummaryInput {
  const journal = new JournalBuilder()
  const first = Math.ceil(exchanges / 10)
  const each = Math.ceil((exchanges - first) / (tests - 1))
  for (let left = exchanges, n = 0; n < tests; n++) {
    const count = Math.min(left, n === 0 ? first : each)
    left -= count
    journal.test(`suite ${n % 20} > does thing ${n}`, n % 50 === 7 ? 'failed' : 'passed', (test) => {
      for (let i = 0; i < count; i++) {
        journal.exchange(test, { operation: `GET /items/${i % 40}` }, { durationMs: (i * 7919) % 31 })
      }
    })
  }
  return inputOf(journal, { testExitCode: 1 })
}

/** Names as an attacker or a careless author might choose them. */
export function hostileRun(): SummaryInput {
  const journal = new JournalBuilder()
  const names = [
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>',
    '</script><script>window.hacked=1</script>',
    `very long ${'name '.repeat(200)}`,
    `unbroken${'x'.repeat(2000)}`,
    'עברית, 日本語のテスト, 👩‍👩‍👧‍👦 and \u202Ereversed',
    'line\u2028separator\nnew line\u001b[31mred',
    '',
    '__proto__',
    '%E0%A4%A%',
  ]
  for (const name of names) {
    journal.test(
      name,
      'failed',
      (test) => {
        journal.exchange(test, { boundary: name, operation: `GET /${name}`, summary: name }, { summary: name })
        journal.miss(test, { boundary: name, operation: name, cause: name, explanation: `${name}\n${name}` })
        journal.unknown(test, name)
      },
      name,
    )
  }
  return inputOf(journal, { testExitCode: 1 })
}

/** A failure matrix with a finding that costs money, and one that is but noise. */
export function checkedMatrix(
  sentence = 'it took place twice',
): Extract<CheckedMatrix, { readonly document: MatrixDocument }> {
  const finding = {
    sentence,
    verdict: 'duplicate',
    oracle: 'O1',
    boundary: 'github',
    fault: 'reply lost',
    operation: 'POST /a',
    operations: ['POST /a'],
    faults: ['reply lost'],
    key: 'k',
    harm: 'data',
    risk: 'high',
    test: { file: 'a.test.ts', name: 'a' },
    expected: 'ask once',
    evidence: [],
    cells: ['c1'],
    clean: [],
    reproduce: 'npx mortar matrix --cell c1',
    suggestedTest: '',
    faulted: [],
  } as const
  const noisy = { ...finding, verdict: 'leak', harm: 'noise', cells: ['c2'] } as const
  const share = { good: 1, of: 2 }
  const document: MatrixDocument = {
    version: 1,
    at: 0,
    durationMs: 1,
    command: 'vitest run',
    isWhole: true,
    tests: { stable: 1, excluded: [] },
    findings: [finding, noisy],
    noLongerFound: [],
    weaknesses: [],
    cells: [],
    exchanges: {},
    leftOut: [],
    unconfirmed: 0,
    expiredRules: [],
    resilience: share,
    vigilance: share,
    contracts: [],
    contractCoverage: share,
    state: 'finished',
  }
  return { document, failOn: 'bad', page: 'matrix.html' }
}
