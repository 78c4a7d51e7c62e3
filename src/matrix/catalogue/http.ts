import type { CatalogueFault } from '../catalogue.ts'
import { bodyFaults } from './http/bodies.ts'
import { connectionFaults } from './http/connections.ts'
import { graphqlFaults } from './http/graphql.ts'
import { pageFaults } from './http/pages.ts'
import { statusFaults } from './http/statuses.ts'

/** What HTTP services do to those who ask them. */
export const httpFaults: readonly CatalogueFault[] = [
  ...connectionFaults,
  ...statusFaults,
  ...pageFaults,
  ...graphqlFaults,
  ...bodyFaults,
]
