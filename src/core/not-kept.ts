import { MortarError } from './errors.ts'

/** The failure of replaying an answer of which not all was kept. */
export function notKept(reason: string): MortarError {
  return new MortarError('MORTAR_RECORDING_CUT', reason, {
    hint: 'Ask for less at once, or test against the real server: leave `record` of the boundary out.',
  })
}
