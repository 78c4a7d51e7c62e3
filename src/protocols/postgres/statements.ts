import { BodyReader, type Parameter, readParameters } from './decode.ts'

/** A statement that the client has prepared by a Parse message. */
export interface Prepared {
  readonly name: string
  readonly sql: string
  /** The body of its Parse message, to send it again elsewhere. */
  readonly body: Buffer
  /** Whether the server has accepted it. */
  accepted: boolean
}

/** What is bound to a portal. */
export interface Portal {
  readonly sql: string
  /** The parameters, read when somebody asks. */
  parameters(): Parameter[]
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
    const sql = this.#statements.get(reader.text())?.sql ?? ''
    this.#portals.set(portal, { sql, parameters: () => readParameters(body, size) })
    return sql
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
