import type { Json } from './json.ts'

/** One kind of replacement made while something was written down. */
export interface Redaction {
  /** `authorization`, `jwt`, `github-token`, `password`, `high-entropy`, or the name of a rule. */
  readonly kind: string
  /** Where: `request.headers.authorization`, `response.body.access_token`. */
  readonly where: string
}

/** Replaces secrets by typed placeholders: `{{github-token:1f2e3d4c}}`. The same secret always gives the same one. */
export interface Redactor {
  header(name: string, value: string, where: string): string
  /** Credentials in query, user info and path. */
  url(url: string, where: string): string
  /** Known token shapes and high-entropy strings in any text. */
  text(text: string, where: string): string
  /** Values of credential fields, rules by JSON path, then every string as `text`. Returns its argument if unchanged. */
  json(value: Json, where: string): Json
  /** A form body, `a=1&token=…`. */
  form(text: string, where: string): string
  /** Whether a text of any format may hold something to replace: quick, and too often true rather than ever wrong. */
  suspects(text: string): boolean
  /** All replacements since the last call, for the cassette's list. */
  take(): readonly Redaction[]
}

/** A redactor that changes nothing, for `redact: false`. */
export const noRedaction: Redactor = {
  header: (_name, value) => value,
  url: (url) => url,
  text: (text) => text,
  json: (value) => value,
  form: (text) => text,
  suspects: () => false,
  take: () => [],
}

/** What a team adds to the built-in rules. */
export interface RedactionOptions {
  /** More headers whose value is a credential. */
  readonly headers?: readonly string[]
  /** More query parameters whose value is a credential. */
  readonly query?: readonly string[]
  /** More names of JSON and form fields whose value is a credential, at any depth. */
  readonly fields?: readonly string[]
  /** Values by JSON path: `$.customer.email`, `$.items[*].card.number`. The key names the placeholder's type. */
  readonly paths?: Readonly<Record<string, string>>
  /** Values by regular expression in any text. The key names the placeholder's type. */
  readonly patterns?: Readonly<Record<string, RegExp>>
  /** Exact values, or expressions, that are not secrets although they look like some. */
  readonly allow?: readonly (string | RegExp)[]
  /** Replace strings of high entropy (default true). */
  readonly entropy?: boolean
}
