/** Loaded by node at the start of every process of a matrix: a test file may load clients before its runner's part. */
import { noteClients } from '../engine/follow-clients.ts'

noteClients()
