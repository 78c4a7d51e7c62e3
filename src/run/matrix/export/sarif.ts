import { createHash } from 'node:crypto'
import type { FindingDocument, MatrixDocument } from '../document.ts'
import type { FindingPlaces, Place } from './finding-places.ts'

/** What an oracle looks for, as viewers of SARIF show it. */
const rules: readonly (readonly [id: string, name: string, short: string, level: 'error' | 'warning'])[] = [
  ['O1', 'DuplicateEffect', 'Something that must happen once happens more often.', 'error'],
  ['O2', 'FalseSuccess', 'All seems well, and something has not happened.', 'error'],
  ['O3', 'InconsistentEffects', 'Of what belongs together a part happens, and the rest does not.', 'error'],
  ['O4', 'Hang', 'An answer that does not come is waited for without end.', 'error'],
  ['O5', 'RetryStorm', 'A service is asked again without a limit, or sooner than it has said.', 'error'],
  ['O6', 'Crash', 'An error that nobody catches ends the process.', 'error'],
  ['O7', 'UnrelatedError', 'What comes out says nothing of what went wrong.', 'warning'],
  ['O8', 'Leak', 'Something stays open that is closed when nothing goes wrong.', 'warning'],
  ['O9', 'Unnoticed', 'Data is wrong, and no test fails.', 'warning'],
  ['O10', 'Poisoning', 'What runs next fails, though nothing goes wrong in it.', 'error'],
]

/** What SARIF needs to know besides the findings. */
export interface SarifOptions {
  readonly places: FindingPlaces
  /** Of this package. */
  readonly version: string
}

/** The findings as SARIF 2.1.0, for code scanning; those that were accepted are suppressed. */
export function toSarif({ findings, at, durationMs, state }: MatrixDocument, options: SarifOptions): object {
  const known = rules.map(([id]) => id)
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mortar matrix',
            semanticVersion: options.version,
            rules: rules.map(([id, name, text, level]) => ({
              id,
              name,
              shortDescription: { text },
              defaultConfiguration: { level },
            })),
          },
        },
        automationDetails: { id: 'mortar-matrix/' },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: state === 'finished',
            startTimeUtc: new Date(at).toISOString(),
            endTimeUtc: new Date(at + durationMs).toISOString(),
          },
        ],
        results: findings.map((finding) => resultOf(finding, known.indexOf(finding.oracle), options.places)),
      },
    ],
  }
}

function resultOf(finding: FindingDocument, ruleIndex: number, places: FindingPlaces): object {
  const { oracle, harm, sentence, expected, reproduce, key, accepted, cells, verdict, risk } = finding
  const [first, ...others] = places.of(finding)
  const text = `${sentence}\n\nGood code would ${expected}.\nShows it again: ${reproduce}`
  return {
    ruleId: oracle,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: harm === 'noise' ? 'warning' : 'error',
    message: { text },
    locations: [locationOf(first)],
    ...(others.length > 0 && { relatedLocations: others.map((place, id) => ({ id, ...locationOf(place) })) }),
    partialFingerprints: { 'mortarCause/v1': createHash('sha256').update(key).digest('hex') },
    ...(accepted && {
      suppressions: [
        {
          kind: 'external',
          status: 'accepted',
          ...(accepted.reason !== undefined && { justification: accepted.reason }),
        },
      ],
    }),
    properties: { verdict, risk, cells },
  }
}

function locationOf({ file, line }: Place): object {
  const uri = file.split('/').map(encodeURIComponent).join('/')
  return { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region: { startLine: line } } }
}
