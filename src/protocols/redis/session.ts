import type { Sender } from '../../core/exchange.ts'
import { follow, type Follower } from '../../core/follower.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import type { FailureKind } from '../../core/protocol.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import { errorOf, type Resp, textOf } from './resp.ts'
import { type RespFrame, RespScanner } from './scanner.ts'
import { isDelivery, isSubscribing, Subscriptions } from './subscriptions.ts'
import { TransactionLog } from './transaction-log.ts'

/** A command that waits for its answer. */
interface Waiting {
  /** In lower case. */
  readonly command: string
  readonly exchange: OpenExchange<RedisReply> | undefined
  /** Of a subscription: how many channels it names; 0 stands for all. */
  readonly channels: number
  confirmed: number
  /** What was selected before it. */
  readonly database: number
  /** CLIENT TRACKING ON. */
  readonly tracks: boolean
}

let sessions = 0

/**
 * Follows one connection beside the stream. Redis answers in order, so the n-th answer belongs to the n-th command;
 * what a subscription brings belongs to the command that subscribed.
 */
export class RedisSession implements Follower {
  readonly id: number = ++sessions
  readonly #recorder: Recorder<RedisQuestion, RedisReply> | undefined
  readonly #scanners: Readonly<Record<Sender, RespScanner>>
  readonly #subscriptions = new Subscriptions()
  readonly #transaction = new TransactionLog()
  #waiting: Waiting[] = []
  #quiet: (() => void)[] = []
  #database = 0
  #resp3 = false
  /** Brings lines for ever: MONITOR. */
  #monitor: OpenExchange<RedisReply> | undefined
  /** Brings what was asked to be tracked. */
  #tracking: OpenExchange<RedisReply> | undefined
  /** Answers that the client has asked not to get. */
  #silence: 'none' | 'next' | 'all' = 'none'
  #lost = false
  #ended = false

  constructor(recorder?: Recorder<RedisQuestion, RedisReply>) {
    this.#recorder = recorder
    const { keepBytes } = recorder ?? {}
    this.#scanners =
      keepBytes === undefined
        ? {
            client: new RespScanner({ inline: true }),
            // Each result of a transaction belongs to a command of its own.
            service: new RespScanner({ ...looked, wantsAll: () => this.#transaction.open }),
          }
        : {
            // Questions are kept whole, to be found again.
            client: new RespScanner({ inline: true, keepBytes: whole, keepItems: whole }),
            service: new RespScanner({ keepBytes, keepItems: whole }),
          }
  }

  get lost(): boolean {
    return this.#lost
  }

  /** The server owes nothing. */
  get answered(): boolean {
    return this.#waiting.length === 0 && this.#scanners.service.atBoundary
  }

  /** Commands are being kept for EXEC. */
  get inTransaction(): boolean {
    return this.#transaction.open
  }

  /** The next command gets no answer. */
  get silenced(): boolean {
    return this.#silence !== 'none'
  }

  atBoundary(from: Sender): boolean {
    return this.#scanners[from].atBoundary
  }

  take(from: Sender, chunk: Buffer, once = false): number {
    if (this.#lost) return chunk.length
    const see = from === 'client' ? this.#asked : this.#answer
    const taken = follow(this.#scanners[from], chunk, once, see, (reason) => {
      this.#lost = true
      this.end('malformed', reason)
    })
    if (this.answered || this.#lost) this.#wake()
    return taken
  }

  /** Resolves when the server owes nothing, or nothing more will come. */
  async quiet(): Promise<void> {
    while (!this.answered && !this.#lost && !this.#ended)
      await new Promise<void>((resolve) => void this.#quiet.push(resolve))
  }

  end(failure?: FailureKind, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const reply: RedisReply | undefined = failure && { type: 'failure', failure, message }
    if (reply && failure !== 'reset' && this.#waiting.length === 0) this.#connect(reply)
    for (const { exchange } of this.#waiting.splice(0)) {
      if (reply) exchange?.message('service', reply)
      exchange?.close('abandoned')
    }
    this.#transaction.discard()
    this.#subscriptions.clear()
    this.#monitor?.close('complete')
    this.#tracking?.close('complete')
    this.#wake()
  }

  readonly #asked = ({ value, cut }: RespFrame): boolean | void => {
    const args = value.type === 'array' ? value.items.map((item) => ('bytes' in item ? item.bytes : noBytes)) : []
    if (args.length === 0) return undefined
    const question: RedisQuestion = {
      kind: 'command',
      session: this.id,
      database: this.#database,
      args,
      ...(cut && { cut }),
    }
    const exchange = this.#recorder?.open(question)
    const [command = '', second = ''] = args.slice(0, 2).map((arg) => arg.toString().toLowerCase())
    if (this.#isSilent(command, second, args[2]?.toString().toLowerCase())) {
      exchange?.close('complete')
      return undefined
    }
    const database = this.#database
    const tracks = command === 'client' && second === 'tracking' && args[2]?.toString().toLowerCase() === 'on'
    this.#waiting.push({ command, exchange, channels: args.length - 1, confirmed: 0, database, tracks })
    if (command === 'select') this.#database = Number(second) || 0
    if (command !== 'sync' && command !== 'psync') return undefined
    // A replica: what follows is no conversation.
    this.#lost = true
    return false
  }

  #isSilent(command: string, sub: string, mode: string | undefined): boolean {
    const silent = this.#silence !== 'none'
    if (this.#silence === 'next') this.#silence = 'none'
    if (command !== 'client' || sub !== 'reply') return silent
    this.#silence = mode === 'off' ? 'all' : mode === 'skip' ? 'next' : 'none'
    return mode !== 'on'
  }

  readonly #answer = (frame: RespFrame): void => {
    const value = frame.value.type === 'attribute' ? frame.value.value : frame.value
    const items = value.type === 'push' || value.type === 'array' ? value.items : []
    const head = this.#waiting[0]
    const asks = head !== undefined && isSubscribing(head.command)
    // RESP2 has no pushes, but a connection that subscribes gets little else.
    const mayBePush = value.type === 'array' && !this.#resp3 && (asks || this.#subscriptions.size > 0)
    if (value.type === 'push' || mayBePush) {
      const kind = textOf(items[0])
      if (isDelivery(kind)) return this.#give(this.#subscriptions.receiver(kind, textOf(items[1])), 'push', frame)
      if (kind !== undefined && isSubscribing(kind)) return this.#confirm(kind, textOf(items[1]), frame)
      if (value.type === 'push') return this.#give(this.#tracking, 'push', frame)
    }
    if (head) return this.#reply(head, value, frame)
    if (this.#monitor && value.type === 'simple') return this.#give(this.#monitor, 'push', frame)
    this.#connect({ type: 'reply', value: frame.value, bytes: frame.bytes })
  }

  #confirm(command: string, channel: string | undefined, frame: RespFrame): void {
    const head = this.#waiting[0]
    const mine = head?.command === command ? head : undefined
    const left = mine && (mine.channels || this.#subscriptions.expected(command) + mine.confirmed)
    this.#give(mine?.exchange, 'reply', frame)
    this.#subscriptions.confirm(command, channel, mine?.exchange)
    if (!mine || left === undefined || ++mine.confirmed < left) return
    this.#waiting.shift()
    if (command.includes('unsub')) mine.exchange?.close('complete')
  }

  #reply(head: Waiting, value: Resp, frame: RespFrame): void {
    this.#waiting.shift()
    this.#give(head.exchange, 'reply', frame)
    const failed = errorOf(value) !== undefined
    if (failed && head.command === 'select') this.#database = head.database
    if (!failed && this.#stays(head)) return
    if (this.#transaction.answered(head.command, value, head.exchange)) return
    if (head.command === 'hello' && !failed) this.#resp3 = value.type === 'map'
    if (head.command === 'reset' && !failed) this.#reset()
    head.exchange?.close('complete')
  }

  /** Answers that never end. */
  #stays({ command, exchange, tracks }: Waiting): boolean {
    if (this.#transaction.open || (command !== 'monitor' && (!tracks || this.#tracking))) return false
    if (tracks) this.#tracking = exchange
    else this.#monitor = exchange
    return true
  }

  #reset(): void {
    this.#subscriptions.clear()
    this.#monitor?.close('complete')
    this.#monitor = undefined
    this.#tracking?.close('complete')
    this.#tracking = undefined
    this.#database = 0
    this.#resp3 = false
  }

  #give(exchange: OpenExchange<RedisReply> | undefined, type: 'reply' | 'push', frame: RespFrame): void {
    const { value, bytes, cut } = frame
    exchange?.message('service', { type, value, bytes, ...(cut && { cut }) })
  }

  /** What the server says before it was asked, or how the connection failed. */
  #connect(reply: RedisReply): void {
    const exchange = this.#recorder?.open({ kind: 'connect', session: this.id, database: this.#database, args: [] })
    exchange?.message('service', reply)
    exchange?.close('complete')
  }

  #wake(): void {
    for (const resolve of this.#quiet.splice(0)) resolve()
  }
}

const noBytes = Buffer.alloc(0)
const whole = Number.POSITIVE_INFINITY
/** What people look at of a reply. */
const looked = { keepBytes: 1 << 16, keepItems: 32 }
