/** One direction of one connection. A wire fault is a function from lane to lane. */
export interface Lane {
  /**
   * Passes bytes on in order. Whoever calls it waits for the promise, if there is one, before it writes more; that is
   * what keeps a fast sender from filling the memory.
   */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** The sender has finished; what was written before still arrives. */
  end(): void
  /** Loses the connection, both ways, as a reset. */
  reset(): void
  /** Resolves when nothing is held back any more. */
  drain(): Promise<void>
  /** Aborted when the connection is gone, so that nothing waits for it. */
  readonly gone: AbortSignal
}

/** A disturbance of bytes, whatever they mean. */
export interface WireFault {
  /** `latency`, `reset`; shown in reports. */
  readonly name: string
  /** Makes the lane that disturbs what is written to it. Called once per connection and arming. */
  attach(next: Lane, disarmed: AbortSignal): Lane
}
