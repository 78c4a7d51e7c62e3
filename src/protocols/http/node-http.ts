/**
 * Node's `http`, fetched instead of imported: an import reads every export, and for one of them, `WebSocket`, node
 * loads all of undici (25 ms), which a program that is only attached may never need.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http')
