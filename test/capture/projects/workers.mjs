/** Two workers of some test runner, each with tests of its own at the same time. Prints what their tests saw. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const { MORTAR_CONTROL: control, BASE: base } = process.env
const tell = async (path, body) => (await fetch(control + path, { method: 'POST', body: JSON.stringify(body) })).json()

async function work(worker) {
  const { env } = await tell('/worker', { worker })
  const seen = []
  const get = async (url, extra) => {
    const args = ['-sS', '--max-time', '10', '-H', `x-test: ${worker}`, ...extra, url]
    const { stdout } = await run('curl', args, { env: { ...process.env, ...env } })
    return stdout.includes('MORTAR_MISS') ? 'MORTAR_MISS' : stdout
  }
  for (const name of ['first', 'second']) {
    await tell('/test/start', { worker, file: `${process.cwd()}/tests/${worker}.py`, name })
    const byListener = await get(`${env.LISTENER}/same`, ['--noproxy', '*'])
    const byProxy = await get(`${base}/same`, [])
    const wrong = process.env.MISBEHAVE === `${worker} ${name}` ? await get(`${base}/unexpected`, []) : undefined
    const { failures, exchanges } = await tell('/test/end', { worker, passed: true })
    seen.push({ name, byListener, byProxy, wrong, failures: failures.map(({ code }) => code), exchanges })
  }
  return [worker, seen]
}

console.log(JSON.stringify(Object.fromEntries(await Promise.all(['gw0', 'gw1', 'gw2'].map(work)))))
