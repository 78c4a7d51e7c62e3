import { keep } from './keeper.ts'

const [lease = '', generation = '', ports = ''] = process.argv.slice(2)
// Ends by itself when it is no longer needed, and not before: who is told to go would leave servers behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
await keep(lease, generation, ports)
process.exit()
