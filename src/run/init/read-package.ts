import type { Reading, Sign, Skipped, Unattached } from './evidence.ts'
import { serviceOfPackage } from './known-services.ts'
import type { FoundDriver } from './match-variables.ts'
import { driverPackages } from './network-kinds.ts'
import { lineAt } from './read-text.ts'

/** What a package.json says of the project. */
export interface PackageFacts {
  readonly isModule: boolean
  /** Names of all dependencies. */
  readonly dependencies: readonly string[]
  /** The `test` script, unless it is the one that `npm init` writes. */
  readonly testScript: string | undefined
}

/** What one package.json has. */
export interface PackageReading extends Reading {
  readonly facts: PackageFacts | undefined
  /** Those for development only too. */
  readonly drivers: readonly FoundDriver[]
}

/** Finds known services among the dependencies of a package.json. */
export function readPackage(text: string, path: string): PackageReading {
  const value = parse(text)
  if (typeof value === 'string') return { signs: [], skipped: [{ path, why: value }], facts: undefined, drivers: [] }
  const signs: Sign[] = []
  const unattached: Unattached[] = []
  const skipped: Skipped[] = []
  const drivers: FoundDriver[] = []
  const names: string[] = []
  for (const section of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
    const entries = value[section]
    if (entries === undefined) continue
    if (!isObject(entries)) {
      skipped.push({ path, why: `\`${section}\` is not an object` })
      continue
    }
    for (const name of Object.keys(entries)) {
      names.push(name)
      const where = `${path}:${lineOfDependency(text, section, name)}`
      const protocol = Object.hasOwn(driverPackages, name) ? driverPackages[name] : undefined
      if (protocol) drivers.push({ protocol, where, why: `depends on ${name}` })
      if (section === 'devDependencies') continue
      const service = serviceOfPackage(name)
      if (service)
        signs.push({ kind: 'dependency', where, why: `depends on ${name}`, service: service.name, weight: 1 })
      if (protocol) unattached.push({ protocol, address: '', where, why: `depends on ${name}` })
    }
  }
  const script = isObject(value['scripts']) ? value['scripts']['test'] : undefined
  const testScript = typeof script === 'string' && !script.includes('no test specified') ? script : undefined
  return {
    signs,
    unattached,
    skipped,
    drivers,
    facts: { isModule: value['type'] === 'module', dependencies: names, testScript },
  }
}

function parse(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : 'holds no JSON object'
  } catch (error) {
    return `is not valid JSON: ${(error as Error).message.split('\n')[0]}`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lineOfDependency(text: string, section: string, name: string): number {
  const from = Math.max(0, text.indexOf(`"${section}"`))
  return lineAt(text, Math.max(0, text.indexOf(`"${name}"`, from)))
}
