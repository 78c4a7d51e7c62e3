import { fileURLToPath } from 'node:url'

/** The folder of this package's modules, with a separator at its end. */
export const packageFolder: string = fileURLToPath(new URL('..', import.meta.url))
