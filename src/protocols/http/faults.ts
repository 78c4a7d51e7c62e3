import { anotherRefusal } from './faults/another-refusal.ts'
import { empty204, html200, truncatedBody } from './faults/body-faults.ts'
import { doneThough } from './faults/done-though.ts'
import {
  extraField,
  fieldAbsent,
  fieldEmpty,
  fieldNull,
  fieldOfAnotherType,
  onlyFields,
  unknownEnumValue,
} from './faults/field-faults.ts'
import { graphqlErrors, graphqlPartial } from './faults/graphql-errors.ts'
import { lostReply } from './faults/lost-reply.ts'
import { morePages } from './faults/more-pages.ts'
import { noAnswer } from './faults/no-answer.ts'
import { noConnection } from './faults/no-connection.ts'
import { redirect } from './faults/redirect.ts'
import { repeatedPage } from './faults/repeated-page.ts'
import { resetBefore } from './faults/reset-before.ts'
import { resetMidBody } from './faults/reset-mid-body.ts'
import { slow } from './faults/slow.ts'
import { status } from './faults/status.ts'

/** What a service on HTTP can do to its clients, by name. */
export const httpFaults: {
  readonly anotherRefusal: typeof anotherRefusal
  readonly doneThough: typeof doneThough
  readonly empty204: typeof empty204
  readonly extraField: typeof extraField
  readonly fieldAbsent: typeof fieldAbsent
  readonly fieldEmpty: typeof fieldEmpty
  readonly fieldNull: typeof fieldNull
  readonly fieldOfAnotherType: typeof fieldOfAnotherType
  readonly graphqlErrors: typeof graphqlErrors
  readonly graphqlPartial: typeof graphqlPartial
  readonly html200: typeof html200
  readonly lostReply: typeof lostReply
  readonly morePages: typeof morePages
  readonly noAnswer: typeof noAnswer
  readonly noConnection: typeof noConnection
  readonly onlyFields: typeof onlyFields
  readonly redirect: typeof redirect
  readonly repeatedPage: typeof repeatedPage
  readonly resetBefore: typeof resetBefore
  readonly resetMidBody: typeof resetMidBody
  readonly slow: typeof slow
  readonly status: typeof status
  readonly truncatedBody: typeof truncatedBody
  readonly unknownEnumValue: typeof unknownEnumValue
} = {
  anotherRefusal,
  doneThough,
  empty204,
  extraField,
  fieldAbsent,
  fieldEmpty,
  fieldNull,
  fieldOfAnotherType,
  graphqlErrors,
  graphqlPartial,
  html200,
  lostReply,
  morePages,
  noAnswer,
  noConnection,
  onlyFields,
  redirect,
  repeatedPage,
  resetBefore,
  resetMidBody,
  slow,
  status,
  truncatedBody,
  unknownEnumValue,
}
