const names =
  /^(?:x-)?(?:(?:request|correlation|trace|amzn-trace|amz-request|github-request)-id|amzn-?requestid|b3-traceid|cloud-trace-context)$|^traceparent$|^b3$|^cf-ray$|^idempotency-key$|^nats-msg-id$|^(?:message|correlation)Id$/i

/** Whether a header or property is one by which people find a request or message in logs. */
export function isIdName(name: string): boolean {
  return names.test(name)
}
