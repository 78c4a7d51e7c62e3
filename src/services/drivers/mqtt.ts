import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerDriver } from '../driver.ts'
import { mqttHandshake } from '../handshake/mqtt.ts'
import { isRoot } from '../server-user.ts'
import { serviceUrl } from '../service-url.ts'
import { versionIn } from '../version.ts'

/** Mosquitto, open to everyone on this machine, without persistence. */
export const mqttDriver: ServerDriver = {
  protocol: 'mqtt',
  title: 'Mosquitto',
  debianPackage: 'mosquitto',
  programs: ['mosquitto'],
  folders: ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'],
  variable: 'MQTT_URL',
  stopSignal: 'SIGKILL',
  startTimeoutMs: 20_000,
  versionArguments: ['-h'],
  versionOf: versionIn,
  async commands({ program, directory, request }, port) {
    const config = join(directory, 'mosquitto.conf')
    const settings = {
      listener: `${port} 127.0.0.1`,
      allow_anonymous: 'true',
      persistence: 'false',
      // As root it would become a user that may not read this file.
      ...(isRoot() && { user: 'root' }),
      ...request.settings,
    }
    writeFileSync(
      config,
      Object.entries(settings)
        .map(([name, value]) => `${name} ${value}\n`)
        .join(''),
    )
    return [{ program, args: ['-c', config] }]
  },
  handshake: () => mqttHandshake,
  url: (_, host, port) => serviceUrl('mqtt', {}, host, port),
  container: {
    repositories: ['eclipse-mosquitto'],
    tag: 'latest',
    port: 1883,
    env: () => ({}),
    // The configuration for tests that the image brings: a listener open to everyone.
    args: () => ['mosquitto', '-c', '/mosquitto-no-auth.conf'],
  },
}
