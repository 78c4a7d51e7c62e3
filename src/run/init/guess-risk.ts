import type { Risk } from '../../core/boundary.ts'

/** A guess at how much harm a failure does, and why. */
export interface RiskGuess {
  readonly risk: Risk
  readonly reason: string
}

const money =
  /\b(?:(?!payload|payara)pay\w*|\w+pay|\w*payments?|billing|checkouts?|charges?|invoices?|invoicing|refunds?|bank|banking|ledger)\b/

const words: readonly (readonly [pattern: RegExp, risk: Risk, reason: string])[] = [
  [money, 'critical', 'moves money'],
  [/\b(?:auth|oauth|oauth2|sso|login|identity|idp|keycloak)\b/, 'critical', 'signs people in'],
  [/\b(?:mail|email|smtp|sms|notify|notification|notifications|push|messaging)\b/, 'high', 'reaches people'],
  [/\b(?:analytics|metrics|telemetry|tracking|stats|logs|logging|tracing)\b/, 'low', 'telemetry only'],
]

/** Guesses the risk of a boundary by its names: of the boundary, its hosts and its variable. */
export function guessRisk(names: readonly string[]): RiskGuess | undefined {
  const text = wordsOf(names.join(' '))
  const found = words.find(([pattern]) => pattern.test(text))
  if (!found) return undefined
  const [pattern, risk, reason] = found
  return { risk, reason: `${reason}, as \`${pattern.exec(text)![0]}\` in its name says` }
}

/** The word in a name by which money is moved, if there is one. */
export function moneyWord(name: string): string | undefined {
  return money.exec(wordsOf(name))?.[0]
}

function wordsOf(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
}
