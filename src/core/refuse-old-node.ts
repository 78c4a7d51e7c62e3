/** Imported first by what a test runner or `node --import` loads: throws where this node is too old. */
import { nodeTooOld } from './node-too-old.ts'

if (nodeTooOld) throw nodeTooOld
