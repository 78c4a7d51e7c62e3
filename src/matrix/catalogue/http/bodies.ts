import { httpFaults as faults } from '../../../protocols/http/faults.ts'
import type { CatalogueFault } from '../../catalogue.ts'
import { good, hasBody } from './asked.ts'

/** Wrong data with a status that says that all is well. */
export const bodyFaults: readonly CatalogueFault[] = [
  {
    name: '200 html',
    family: 'corruption',
    said: 'was answered with 200 and a page in place of data',
    expected: 'check the content type before reading the body',
    reaches: true,
    inBody: true,
    weight: 2,
    applies: good,
    strikes: hasBody,
    arm: (aim) => faults.html200(aim),
  },
  {
    name: 'truncated body',
    family: 'corruption',
    said: 'was answered with half a body',
    expected: 'fail when the body cannot be read',
    reaches: true,
    inBody: true,
    weight: 2,
    applies: good,
    strikes: hasBody,
    arm: (aim) => faults.truncatedBody(aim),
  },
  {
    name: 'empty 204',
    family: 'corruption',
    said: 'was answered with 204 and nothing',
    expected: 'check that the answer is there before using it',
    reaches: true,
    inBody: true,
    weight: 2,
    applies: good,
    strikes: hasBody,
    arm: (aim) => faults.empty204(aim),
  },
]
