import { join } from 'node:path'

/**
 * Where node keeps what it has compiled of the modules that each process of a matrix loads.
 *
 * @param directory - Of the project.
 */
export function compiledFolder(directory: string): string {
  return join(directory, '.mortar', 'matrix', 'cache', 'compiled')
}
