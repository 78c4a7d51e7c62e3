import type { OpenExchange } from '../../core/recorder.ts'
import type { RedisReply } from './message.ts'
import { encodeResp } from './encode.ts'
import { errorOf, type Resp, textOf } from './resp.ts'

/** The commands that wait for EXEC on one connection; their exchanges stay open until it is known what came of them. */
export class TransactionLog {
  #queued: (OpenExchange<RedisReply> | undefined)[] | undefined

  get open(): boolean {
    return this.#queued !== undefined
  }

  /**
   * A command has had its answer.
   *
   * @returns True when its exchange goes on, as the command only waits.
   */
  answered(command: string, value: Resp, exchange: OpenExchange<RedisReply> | undefined): boolean {
    const failed = errorOf(value) !== undefined
    if (command === 'multi' && !failed) this.#queued ??= []
    else if (command === 'exec' && value.type === 'array') this.#executed(value.items)
    else if (command === 'exec' || command === 'discard' || command === 'reset') this.discard()
    else if (this.#queued && value.type === 'simple' && textOf(value) === 'QUEUED') {
      this.#queued.push(exchange)
      return true
    }
    return false
  }

  /** Nothing that waits will be run. */
  discard(): void {
    const queued = this.#queued ?? []
    this.#queued = undefined
    for (const exchange of queued) {
      exchange?.message('service', { type: 'discarded' })
      exchange?.close('complete')
    }
  }

  #executed(results: readonly Resp[]): void {
    const queued = this.#queued ?? []
    this.#queued = undefined
    for (const [i, exchange] of queued.entries()) {
      const value = results[i]
      if (exchange && value) exchange.message('service', { type: 'executed', value, bytes: encodeResp(value).length })
      exchange?.close('complete')
    }
  }
}
