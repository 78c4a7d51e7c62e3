import { BodyReader, type Parameter, readParameters, readResultFormats } from './decode.ts'
import type { Field } from './message.ts'

/** A statement that the client has prepared by a Parse message. */
export interface Prepared {
  readonly name: string
  readonly sql: string
  /** The body of its Parse message, to send it again elsewhere. */
  readonly body: Buffer
  /** Whether the server has accepted it. */
  accepted: boolean
  /** What it brings, once it was described; null: nothing. */
  fields?: readonly Field[] | null
}

/** What is bound to a portal. */
export interface Portal {
  readonly sql: string
  /** The parameters, read when somebody asks. */
  parameters(): Parameter[]
  /** Formats that are asked for: none for all text, one for all, or one for each column. */
  formats(): number[]
  /** Absent when the client bound what was never prepared. */
  readonly prepared: Prepared | undefined
  /** What it brings, once it was described; null: nothing. */
  fields?: readonly Field[] | null
}

const noStatement = ''

/** Which names the client has given to which statements and portals. Names never leave here: SQL does. */
export class StatementNames {
  readonly #statements = new Map<string, Prepared>()
  readonly #portals = new Map<string, Portal>()

  /** Accepted statements with a name, which live as long as the session does. */
  named(): Prepared[] {
    return [...this.#statements.values()].filter(({ name, accepted }) => name !== noStatement && accepted)
  }

  /** The server knows only these names now. */
  keep(names: ReadonlySet<string>): void {
    for (const { name } of this.named()) if (!names.has(name)) this.#statements.delete(name)
  }

  /** A Parse message. */
  parse(body: Buffer): Prepared {
    const reader = new BodyReader(body)
    const name = reader.text()
    // A copy, since the chunk it came in is much larger.
    const prepared = {
      name,
      sql: reader.text(),
      body: name === noStatement ? body : Buffer.from(body),
      accepted: false,
    }
    this.#statements.set(name, prepared)
    return prepared
  }

  /** A Bind message; returns the SQL of its statement. */
  bind(body: Buffer, size: number): string {
    const reader = new BodyReader(body)
    const portal = reader.text()
    const prepared = this.#statements.get(reader.text())
    const sql = prepared?.sql ?? ''
    this.#portals.set(portal, {
      sql,
      prepared,
      parameters: () => readParameters(body, size),
      formats: () => readResultFormats(body),
    })
    return sql
  }

  /** What a Describe message is about. */
  described(body: Buffer): { readonly prepared?: Prepared | undefined; readonly portal?: Portal | undefined } {
    const name = new BodyReader(body, 1).text()
    return body[0] === statementKind ? { prepared: this.#statements.get(name) } : { portal: this.#portals.get(name) }
  }

  /** What an Execute message runs. */
  execute(bytes: Buffer, at: number): Portal | undefined {
    return this.#portals.get(bytes[at] === 0 ? '' : new BodyReader(bytes, at).text())
  }

  /** A Close message. */
  close(body: Buffer): void {
    const names = body[0] === statementKind ? this.#statements : this.#portals
    names.delete(new BodyReader(body, 1).text())
  }

  /** A transaction has ended and nothing is under way, so that no portal is left. */
  forgetPortals(): void {
    this.#portals.clear()
  }
}

// `S`; the other kind is `P`, a portal.
const statementKind = 0x53
