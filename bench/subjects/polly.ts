import FetchAdapter from '@pollyjs/adapter-fetch'
import NodeHttpAdapter from '@pollyjs/adapter-node-http'
import { Polly } from '@pollyjs/core'
import FSPersister from '@pollyjs/persister-fs'
import type { OpenedSubject } from './subject.ts'

/**
 * Replays what was recorded in `BENCH_POLLY`, a folder, with `BENCH_POLLY_MODE=record`. Headers are not matched: the
 * two clients that ask here send different ones.
 */
export function open(): OpenedSubject {
  Polly.register(FetchAdapter)
  Polly.register(NodeHttpAdapter)
  Polly.register(FSPersister)
  const polly = new Polly('bench', {
    adapters: ['fetch', 'node-http'],
    persister: 'fs',
    persisterOptions: { fs: { recordingsDir: process.env.BENCH_POLLY } },
    mode: process.env.BENCH_POLLY_MODE === 'record' ? 'record' : 'replay',
    recordIfMissing: false,
    flushRequestsOnStop: true,
    logLevel: 'silent',
    matchRequestsBy: { headers: false, order: false },
  })
  return { close: () => polly.stop() }
}
