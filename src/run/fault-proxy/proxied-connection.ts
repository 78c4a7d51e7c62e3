import type { Duplex } from 'node:stream'
import type { Sender } from '../../core/exchange.ts'
import type { Disturbance, Faults, Target } from '../../core/fault.ts'
import type { Lane } from '../../core/lane.ts'
import { LaneChain } from './lane-chain.ts'
import type { Toxic } from './toxic.ts'

/** One connection through a proxy, and what the toxics of the proxy do to it. */
export class ProxiedConnection implements Faults {
  readonly #client: Duplex
  #server: Duplex | undefined
  #wire: readonly Toxic[] = []
  #questions: readonly Toxic[] = []
  readonly #chains: { readonly from: Sender; readonly chain: LaneChain }[] = []
  #refusal: Disturbance | undefined

  constructor(client: Duplex) {
    this.#client = client
  }

  get watching(): boolean {
    return this.#refusal !== undefined || this.#questions.some((toxic) => toxic.watching)
  }

  /** To the service; the end of the connection needs both sides. */
  connected(server: Duplex): void {
    this.#server = server
  }

  /** Does this to whatever the client asks first. */
  refuse(refusal: Disturbance): void {
    this.#refusal = refusal
  }

  /** Takes over the toxics of the proxy as they are now. */
  go(toxics: readonly Toxic[]): void {
    const applied = toxics.filter((toxic) => toxic.applies(this))
    this.#wire = applied.filter(({ type }) => type.kind === 'wire')
    this.#questions = applied.filter(({ type }) => type.kind === 'question')
    for (const { from, chain } of this.#chains) chain.go(this.#wire.filter((toxic) => toxic.from === from))
  }

  concerns(target: Target): boolean {
    return this.#questions.some((toxic) => toxic.concerns(target))
  }

  strike(target: Target): Disturbance | undefined {
    if (this.#refusal) return this.#refusal
    for (const toxic of this.#questions) {
      const struck = toxic.strike(target)
      if (struck) return struck
    }
    return undefined
  }

  disturb(from: Sender, next: Lane): Lane {
    const chain = new LaneChain(next, () => this.#close(from))
    this.#chains.push({ from, chain })
    chain.go(this.#wire.filter((toxic) => toxic.from === from))
    return chain
  }

  /** What was written to the receiver still arrives; then the sender's side is closed as well. */
  #close(from: Sender): void {
    const [to, other] = from === 'client' ? [this.#server, this.#client] : [this.#client, this.#server]
    to?.once('close', () => other?.destroy())
    if (to && 'destroySoon' in to) (to.destroySoon as () => void)()
    else to?.end()
  }
}
