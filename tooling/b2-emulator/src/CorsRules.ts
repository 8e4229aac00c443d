/** What B2 demands of the CORS rules of a bucket. Every check fails with 400 `bad_request`. */
import { badRequest } from "./Errors.ts"
import { type Fields, optionalStrings, requiredInteger, requiredString } from "./Fields.ts"

const mostRules = 100
const mostSeconds = 86_400
const nameGrammar = /^(?!b2-)[A-Za-z0-9-]{6,50}$/
/** `*`, `https`, or a scheme and a host, of which one star may stand for a part. */
const originGrammar = /^(?:\*|https?|(?=[^*]*\*?[^*]*$)[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9.*[\]:-]+(?::(?:\d{1,5}|\*))?)$/
const headerGrammar = /^(?:[A-Za-z0-9!#$%&'+.^_`|~-]+\*?|\*)$/
const operations = new Set([
  "b2_download_file_by_name",
  "b2_download_file_by_id",
  "b2_upload_file",
  "b2_upload_part",
  "s3_delete",
  "s3_get",
  "s3_head",
  "s3_post",
  "s3_put"
])

const filled = (rule: Fields, list: string): readonly string[] => {
  const values = optionalStrings(rule, list) ?? []
  if (values.length === 0) throw badRequest(`A CORS rule needs ${list}`)
  return values
}

const checkAll = (values: readonly string[], what: string, fits: (value: string) => boolean): void => {
  for (const value of values) if (!fits(value)) throw badRequest(`Bad ${what} of a CORS rule: ${value}`)
}

const checkRule = (rule: Fields): Fields => {
  checkAll(filled(rule, "allowedOrigins"), "origin", (origin) => originGrammar.test(origin))
  checkAll(filled(rule, "allowedOperations"), "operation", (operation) => operations.has(operation))
  const allowedHeaders = optionalStrings(rule, "allowedHeaders") ?? null
  const exposeHeaders = optionalStrings(rule, "exposeHeaders") ?? null
  checkAll([...(allowedHeaders ?? []), ...(exposeHeaders ?? [])], "header", (header) => headerGrammar.test(header))
  const age = requiredInteger(rule, "maxAgeSeconds")
  if (age < 0 || age > mostSeconds) throw badRequest(`maxAgeSeconds must be from 0 to ${mostSeconds}`)
  return { ...rule, allowedHeaders, exposeHeaders }
}

export const checkCorsRules = (rules: readonly Fields[]): readonly Fields[] => {
  if (rules.length > mostRules) throw badRequest(`A bucket has at most ${mostRules} CORS rules`)
  const names = new Set<string>()
  for (const rule of rules) {
    const name = requiredString(rule, "corsRuleName")
    if (!nameGrammar.test(name) || names.has(name)) throw badRequest(`Bad or repeated corsRuleName: ${name}`)
    names.add(name)
  }
  return rules.map(checkRule)
}
