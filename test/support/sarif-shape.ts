/**
 * The part of SARIF 2.1.0 that the matrix writes, read off the standard's own schema (errata 01): every object takes
 * only properties that it names, and these are all that we use. The schema itself is in no package, so it is not here.
 */

interface Shape {
  readonly [keyword: string]: unknown
}

const text: Shape = { type: 'string' }
const uri: Shape = { type: 'string', pattern: '^https?://\\S+$' }
const utc: Shape = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' }
const level: Shape = { enum: ['none', 'note', 'warning', 'error'] }
const bag: Shape = { type: 'object' }

function list(items: Shape, more: Shape = {}): Shape {
  return { type: 'array', items, ...more }
}

function only(properties: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape {
  return { type: 'object', properties, required, additionalProperties: false }
}

const message = only({ text }, 'text')
const location = only({
  id: { type: 'integer', minimum: -1 },
  physicalLocation: only(
    {
      artifactLocation: only({ uri: { type: 'string', pattern: '^[^\\s\\\\:]+$' }, uriBaseId: text }),
      region: only({ startLine: { type: 'integer', minimum: 1 } }),
    },
    'artifactLocation',
  ),
})
const rule = only({ id: text, name: text, shortDescription: message, defaultConfiguration: only({ level }) }, 'id')
const suppression = only(
  {
    kind: { enum: ['inSource', 'external'] },
    status: { enum: ['accepted', 'underReview', 'rejected'] },
    justification: text,
  },
  'kind',
)
const result = only(
  {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: -1 },
    level,
    message,
    locations: list(location),
    relatedLocations: list(location, { uniqueItems: true }),
    partialFingerprints: { type: 'object', additionalProperties: text },
    suppressions: list(suppression, { uniqueItems: true }),
    properties: bag,
  },
  'message',
)
const run = only(
  {
    tool: only(
      { driver: only({ name: text, semanticVersion: text, rules: list(rule, { uniqueItems: true }) }, 'name') },
      'driver',
    ),
    automationDetails: only({ id: text }),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    invocations: list(
      only({ executionSuccessful: { type: 'boolean' }, startTimeUtc: utc, endTimeUtc: utc }, 'executionSuccessful'),
    ),
    results: list(result),
  },
  'tool',
)

/** As a JSON Schema. */
export const sarifShape: object = only(
  { $schema: uri, version: { enum: ['2.1.0'] }, runs: list(run) },
  'version',
  'runs',
)
