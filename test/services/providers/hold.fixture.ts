import { once } from 'node:events'
import { openServices } from '../../../src/services/open-services.ts'
import type { ServiceRequest } from '../../../src/services/service-request.ts'

const { requests, project } = JSON.parse(process.argv[2]!) as { requests: ServiceRequest[]; project: string }
const { variables, services, close } = await openServices(requests, { project, env: process.env })
console.log(JSON.stringify({ variables, shared: services.map(({ shared }) => shared) }))
process.stdin.resume()
await once(process.stdin, 'end')
await close()
