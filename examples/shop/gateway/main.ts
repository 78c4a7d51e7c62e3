import { createGateway } from './server.ts'

const port = Number(process.env.GATEWAY_PORT ?? 12111)
createGateway().listen(port, '127.0.0.1', () => console.error(`the gateway is at http://127.0.0.1:${port}`))
