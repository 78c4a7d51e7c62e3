/** Loaded by node before anything else, where a matrix is to know what the tests of `mortar/node-test` depend on. */
import { watchLoaded } from './loaded-files.ts'

watchLoaded()
