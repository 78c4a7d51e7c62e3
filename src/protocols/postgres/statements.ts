import { BodyReader, type Parameter, readFormats, readParameters } from './decode.ts'
import type { Field } from './message.ts'
import { withFormats } from './rows.ts'

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

/** What is bound to a portal. Of its message nothing is read before somebody asks. */
export class Portal {
  /** Absent when the client bound what was never prepared. */
  readonly prepared: Prepared | undefined
  /** What it brings, once it was described; null: nothing. */
  fields: readonly Field[] | null | undefined
  readonly #bytes: Buffer
  readonly #at: number
  readonly #end: number
  readonly #size: number

  constructor(prepared: Prepared | undefined, bytes: Buffer, at: number, end: number, size: number) {
    this.prepared = prepared
    this.#bytes = bytes
    this.#at = at
    this.#end = end
    this.#size = size
  }

  get sql(): string {
    return this.prepared?.sql ?? ''
  }

  parameters(): Parameter[] {
    return readParameters(this.#reader(), this.#size - (this.#end - this.#at))
  }

  /** Formats that are asked for: none for all text, one for all, or one for each column. */
  formats(): readonly number[] {
    const reader = this.#reader()
    readParameters(reader, 0)
    return readFormats(reader)
  }

  /** What it brings, in the formats asked for, as far as it or its statement was described. */
  columns(): readonly Field[] | null | undefined {
    if (this.fields !== undefined) return this.fields
    const described = this.prepared?.fields
    return described && withFormats(described, this.formats())
  }

  #reader(): BodyReader {
    return new BodyReader(this.#bytes, this.#at, this.#end)
  }
}

// Of statements and portals alike.
const noName = ''

/** Which names the client has given to which statements and portals. Names never leave here: SQL does. */
export class StatementNames {
  readonly #statements = new Map<string, Prepared>()
  readonly #portals = new Map<string, Portal>()
  /** The portal without a name, which is what nearly all are. */
  #unnamed: Portal | undefined

  /** Accepted statements with a name, which live as long as the session does. */
  named(): Prepared[] {
    return [...this.#statements.values()].filter(({ name, accepted }) => name !== noName && accepted)
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
      body: name === noName ? body : Buffer.from(body),
      accepted: false,
    }
    this.#statements.set(name, prepared)
    return prepared
  }

  /** A Bind message, which stands in `bytes` from `at` to `end` as far as it was kept; returns the SQL of its statement. */
  bind(bytes: Buffer, at: number, end: number, size: number): string {
    const reader = new BodyReader(bytes, at, end)
    const name = reader.text()
    const portal = new Portal(this.#statements.get(reader.text()), bytes, at, end, size)
    if (name === noName) this.#unnamed = portal
    else this.#portals.set(name, portal)
    return portal.sql
  }

  /** What a Describe message is about. */
  described(body: Buffer): { readonly prepared?: Prepared | undefined; readonly portal?: Portal | undefined } {
    const name = new BodyReader(body, 1).text()
    return body[0] === statementKind ? { prepared: this.#statements.get(name) } : { portal: this.#portal(name) }
  }

  /** What an Execute message runs. */
  execute(bytes: Buffer, at: number): Portal | undefined {
    return bytes[at] === 0 ? this.#unnamed : this.#portal(new BodyReader(bytes, at).text())
  }

  /** A Close message. */
  close(body: Buffer): void {
    const name = new BodyReader(body, 1).text()
    if (body[0] === statementKind) this.#statements.delete(name)
    else if (name === noName) this.#unnamed = undefined
    else this.#portals.delete(name)
  }

  /** A transaction has ended and nothing is under way, so that no portal is left. */
  forgetPortals(): void {
    this.#unnamed = undefined
    // Clearing an empty one costs as much as making one.
    if (this.#portals.size > 0) this.#portals.clear()
  }

  #portal(name: string): Portal | undefined {
    return name === noName ? this.#unnamed : this.#portals.get(name)
  }
}

// `S`; the other kind is `P`, a portal.
const statementKind = 0x53
