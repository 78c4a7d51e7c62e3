import { httpFaults as faults } from '../../../protocols/http/faults.ts'
import { isRecord } from '../../../core/field-tree.ts'
import type { CatalogueFault } from '../../catalogue.ts'
import type { ExchangeClass } from '../../classes.ts'
import { answerOf, good, reads } from './asked.ts'

/** Operations of GraphQL are named behind their path. */
const asked = (exchanges: ExchangeClass): boolean =>
  good(exchanges) && / (?:query|mutation)(?: \w+)?$/.test(exchanges.operation)

/** Services that say no with 200. */
export const graphqlFaults: readonly CatalogueFault[] = [
  {
    name: 'graphql errors',
    family: 'error',
    said: 'was answered with 200, `errors` and no data',
    expected: 'look at `errors` before the data',
    reaches: false,
    weight: 7,
    applies: asked,
    arm: (aim) => faults.graphqlErrors(aim),
  },
  {
    name: 'graphql partial data',
    family: 'error',
    said: 'was answered with a part of the data missing, and `errors` saying so',
    expected: 'look at `errors` before the data',
    reaches: true,
    weight: 5,
    applies: (exchanges) => asked(exchanges) && reads(exchanges),
    strikes(moment) {
      const body = answerOf(moment)
      return isRecord(body) && isRecord(body['data'])
    },
    arm: (aim) => faults.graphqlPartial(aim),
  },
]
