import type { Risk } from '../../core/boundary.ts'

/** A guess at how much harm a failure does, and why. */
export interface RiskGuess {
  readonly risk: Risk
  readonly reason: string
}

const words: readonly (readonly [pattern: RegExp, risk: Risk, reason: string])[] = [
  [
    /\b(?:pay|pays|payment|payments|billing|checkout|charge|charges|invoice|invoices|invoicing|bank|banking|ledger|payout|payouts)\b/,
    'critical',
    'moves money',
  ],
  [/\b(?:auth|oauth|oauth2|sso|login|identity|idp|keycloak)\b/, 'critical', 'signs people in'],
  [/\b(?:mail|email|smtp|sms|notify|notification|notifications|push|messaging)\b/, 'high', 'reaches people'],
  [/\b(?:analytics|metrics|telemetry|tracking|stats|logs|logging|tracing)\b/, 'low', 'telemetry only'],
]

/** Guesses the risk of a boundary by its names: of the boundary, its hosts and its variable. */
export function guessRisk(names: readonly string[]): RiskGuess | undefined {
  const text = names
    .map((name) => name.replace(/([a-z])([A-Z])/g, '$1 $2'))
    .join(' ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
  const found = words.find(([pattern]) => pattern.test(text))
  return found && { risk: found[1], reason: found[2] }
}
