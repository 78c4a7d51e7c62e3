import { readConfig } from './config.ts'
import { startWorker } from './worker/worker.ts'

const worker = await startWorker(readConfig(process.env))
process.once('SIGTERM', () => void worker.close())
await worker.ended
// When nobody has asked us to stop, the supervisor starts us again.
process.exit()
