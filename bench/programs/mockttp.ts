/** Mockttp with an answer for every GET, or as a proxy that passes everything through. */
import { generateCACertificate, getLocal } from 'mockttp'
import { answerHeaders, makeExchanges } from '../exchanges.ts'

const { count, proxy } = JSON.parse(process.argv[2] ?? '{}') as { count: number; proxy: boolean }
const server = getLocal({
  recordTraffic: false,
  http2: false,
  ...(proxy && { https: await generateCACertificate() }),
})
await server.start()
if (proxy) await server.forUnmatchedRequest().thenPassThrough({ ignoreHostHttpsErrors: true })
else {
  for (const { method, path, answer } of makeExchanges(count)) {
    if (method === 'GET')
      await server
        .forGet(path)
        .thenReply(200, answer, { ...answerHeaders, 'content-length': String(Buffer.byteLength(answer)) })
  }
}
console.log(JSON.stringify({ port: server.port }))
process.stdin.resume().on('end', () => process.exit(0))
