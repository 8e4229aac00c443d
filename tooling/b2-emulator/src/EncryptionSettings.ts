/** Server-side encryption as requests ask for it. Bodies are stored in clear; only the rules are kept. */
import { createHash } from "node:crypto"
import { accessDenied, badRequest } from "./Errors.ts"
import type { Exchange } from "./Exchange.ts"
import { type Fields, optionalObject, optionalString, requiredString } from "./Fields.ts"
import type { Encryption } from "./Version.ts"

const customerEncryption = (algorithm: string, key: string, keyMd5: string): Encryption => {
  if (algorithm !== "AES256") throw badRequest(`Unknown encryption algorithm: ${algorithm}`)
  const bytes = Buffer.from(key, "base64")
  if (bytes.length !== 32 || bytes.toString("base64") !== key)
    throw badRequest("The customer key must be 32 bytes in base64")
  if (createHash("md5").update(bytes).digest("base64") !== keyMd5) {
    throw badRequest("The MD5 of the customer key does not match the key")
  }
  return { mode: "SSE-C", keyMd5 }
}

const customerPrefix = "x-bz-server-side-encryption-customer-"

/** What the headers of an upload or download ask for; undefined when they say nothing. */
export const encryptionFromHeaders = (exchange: Exchange): Encryption | undefined => {
  const algorithm = exchange.header(`${customerPrefix}algorithm`)
  if (algorithm === undefined && exchange.header(`${customerPrefix}key`) !== undefined) {
    throw badRequest("A customer key needs its algorithm")
  }
  if (algorithm !== undefined) {
    const key = exchange.header(`${customerPrefix}key`) ?? ""
    return customerEncryption(algorithm, key, exchange.header(`${customerPrefix}key-md5`) ?? "")
  }
  const managed = exchange.header("x-bz-server-side-encryption")
  if (managed === undefined) return undefined
  if (managed !== "AES256") throw badRequest(`Unknown encryption algorithm: ${managed}`)
  return { mode: "SSE-B2" }
}

/** The same from a field of a JSON request. */
export const encryptionFromFields = (fields: Fields, name: string): Encryption | undefined => {
  const setting = optionalObject(fields, name)
  return setting === undefined ? undefined : encryptionFromSetting(setting, name)
}

/** `name` is the field that `setting` came in. */
export const encryptionFromSetting = (setting: Fields, name: string): Encryption | undefined => {
  const mode = optionalString(setting, "mode")
  const hasKey = optionalString(setting, "customerKey") ?? optionalString(setting, "customerKeyMd5")
  if (mode !== "SSE-C" && hasKey !== undefined) throw badRequest(`A customer key in ${name} needs the mode SSE-C`)
  if (mode === undefined || mode === "none") {
    if (optionalString(setting, "algorithm") !== undefined) throw badRequest(`An algorithm in ${name} needs a mode`)
    return undefined
  }
  if (mode === "SSE-C") {
    return customerEncryption(
      requiredString(setting, "algorithm"),
      requiredString(setting, "customerKey"),
      requiredString(setting, "customerKeyMd5")
    )
  }
  if (mode !== "SSE-B2" || setting.algorithm !== "AES256") throw badRequest(`Unknown encryption in ${name}`)
  return { mode: "SSE-B2" }
}

const customerKeyMissing =
  "The object was stored using a form of Server Side Encryption. " +
  "The correct parameters must be provided to retrieve the object."

/** Refuses to read an SSE-C file without its key (400) or with another one (403 `access_denied`). */
export const checkReadable = (stored: Encryption, given: Encryption | undefined): void => {
  if (stored.mode !== "SSE-C") {
    if (given?.mode === "SSE-C") throw badRequest("The encryption parameters are not applicable to this object.")
    return
  }
  if (given?.mode !== "SSE-C") throw badRequest(customerKeyMissing)
  if (given.keyMd5 !== stored.keyMd5) throw accessDenied(403, "Access Denied")
}
