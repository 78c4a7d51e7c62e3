import { readBody } from '../../core/body-notation.ts'
import type { Timed } from '../../core/exchange.ts'
import { readChoice, readObject, readText } from '../../core/json-fields.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BodyFiles, Content, Notation } from '../../core/protocol.ts'
import { writeHttpBody } from './body-notation.ts'
import { readHeaders } from './header-notation.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { readReplies, writeReplies } from './reply-notation.ts'
import { httpVersions } from './step-notation.ts'

/** How an HTTP exchange is written down; `docs/cassette-format.md` describes every field. */
export const httpNotation: Notation<HttpQuestion, HttpReply> = {
  write: ({ question, messages }, files) => ({
    request: {
      method: question.method,
      url: question.url,
      version: question.version,
      headers: question.headers,
      ...(question.body.length > 0 && { body: writeHttpBody(question.body, question.headers, files) }),
      ...(question.trailers.length > 0 && { trailers: question.trailers }),
    },
    ...writeReplies(messages, files),
  }),
  read: (json, files) => lazyContent(json, files),
}

/** Answers are read when they are replayed: finding one among thousands of recordings needs the questions only. */
function lazyContent(json: JsonObject, files: BodyFiles): Content<HttpQuestion, HttpReply> {
  let messages: readonly Timed<HttpReply>[] | undefined
  return {
    question: readQuestion(readObject(json['request'], 'request'), files),
    get messages() {
      return (messages ??= readReplies(json, files))
    },
  }
}

function readQuestion(request: JsonObject, files: BodyFiles): HttpQuestion {
  return {
    method: readText(request['method'], 'request.method'),
    url: readText(request['url'], 'request.url'),
    version: readChoice(request['version'], 'request.version', httpVersions, '1.1'),
    headers: readHeaders(request['headers'], 'request.headers'),
    body: readBody(request['body'], files, 'request.body'),
    trailers: readHeaders(request['trailers'], 'request.trailers'),
  }
}
