import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { project } from '../../support/project.ts'

const isThere = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].some((path) => existsSync(path))
if (!isThere) console.warn('SKIPPED: redis-server is not installed, so `mortar run` was not seen starting it')

const program = `import net from 'node:net'
const { hostname, port } = new URL(process.env.CACHE_URL)
net.connect(Number(port), hostname).on('data', (reply) => { console.log(String(reply).trim()); process.exit() }).write('PING\\r\\n')`

test.runIf(isThere)(
  '`mortar run` starts what the config depends on, names it to the command, and ends it',
  async () => {
    const made = project({
      config: `import { redis } from 'mortar'\nexport default { boundaries: { cache: redis({ env: 'CACHE_URL' }) } }`,
      files: { 'ping.mjs': program },
    })
    const env = { XDG_CACHE_HOME: made.directory }
    const { code, stdout, stderr } = await made.mortar(['run', '--', 'node', 'ping.mjs'], { env })
    expect(stdout, stderr).toBe('+PONG\n')
    expect(code).toBe(0)
    expect(stderr).toContain('Redis')
  },
)
