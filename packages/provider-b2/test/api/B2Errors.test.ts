import { assert, describe, it } from "@effect/vitest"
import * as ConnectionReason from "@ourclone/http/ConnectionReason"
import { ConnectionFailure } from "@ourclone/http/HttpMessage"
import { type Circumstances, type KeyScope, reasonOf } from "@ourclone/provider-b2/api/B2Errors"
import { B2Refusal, parseRetryAfter } from "@ourclone/provider-b2/api/B2Refusal"
import { Duration } from "effect"

const key: KeyScope = { keyId: "001abc", capabilities: ["listFiles", "readFiles"], namePrefix: "" }
const reason = (status: number, code: string, circumstances: Partial<Circumstances> = {}, message = "") =>
  reasonOf(new B2Refusal(status, code, message), { call: "b2_list_file_names", key, ...circumstances })

const upload = { call: "b2_upload_file", isUpload: true }

describe("B2Errors", () => {
  const table: ReadonlyArray<
    readonly [status: number, code: string, reason: string, circumstances?: Partial<Circumstances>]
  > = [
    [400, "bad_request", "InvalidRequest"],
    [400, "bad_json", "InvalidRequest"],
    [400, "bad_bucket_id", "NotFound"],
    [400, "no_such_file", "NotFound"],
    [400, "file_not_present", "NotFound"],
    [400, "duplicate_bucket_name", "AlreadyExists"],
    [400, "cannot_delete_non_empty_bucket", "InvalidRequest"],
    [400, "too_many_buckets", "QuotaExceeded"],
    [400, "cap_exceeded", "QuotaExceeded"],
    [401, "bad_auth_token", "Unauthenticated", { call: "b2_authorize_account" }],
    [401, "unauthorized", "Unauthenticated", { call: "b2_authorize_account" }],
    [401, "unsupported", "Unauthenticated", { call: "b2_authorize_account" }],
    [401, "unauthorized", "PermissionDenied"],
    [401, "access_denied", "PermissionDenied"],
    [401, "", "PermissionDenied", { call: "b2_download_file_by_name" }],
    [401, "expired_auth_token", "Unavailable", upload],
    [403, "storage_cap_exceeded", "QuotaExceeded", upload],
    [403, "transaction_cap_exceeded", "QuotaExceeded"],
    [403, "download_cap_exceeded", "QuotaExceeded"],
    [403, "access_denied", "PermissionDenied"],
    [403, "forbidden", "PermissionDenied"],
    [403, "constructor", "PermissionDenied"],
    [400, "toString", "InvalidRequest"],
    [404, "not_found", "NotFound"],
    [405, "method_not_allowed", "UnexpectedResponse"],
    [408, "request_timeout", "Unavailable"],
    [409, "conflict", "Unavailable"],
    [416, "range_not_satisfiable", "InvalidRequest"],
    [429, "too_many_requests", "RateLimited"],
    [500, "internal_error", "Unavailable"],
    [503, "service_unavailable", "Unavailable"],
    [503, "bad_request", "Unavailable"],
    [502, "", "Unavailable"]
  ]
  for (const [status, code, expected, circumstances] of table) {
    it(`takes ${status} ${code} of ${circumstances?.call ?? "a listing"} for ${expected}`, () => {
      assert.strictEqual(reason(status, code, circumstances)._tag, expected)
    })
  }

  it("asks for another upload URL at once when an upload was turned away, and waits otherwise", () => {
    for (const [status, code] of [
      [503, "service_unavailable"],
      [408, "request_timeout"],
      [500, ""],
      [401, "bad_auth_token"],
      [400, "auth_token_limit"]
    ] as const) {
      assert.propertyVal(reason(status, code, upload), "retryAtOnce", true, `${status}`)
    }
    assert.notProperty(reason(503, "service_unavailable"), "retryAtOnce")
    const reset = new ConnectionFailure("https://pod", Object.assign(new Error("reset"), { code: "ECONNRESET" }))
    assert.propertyVal(ConnectionReason.reasonOf(reset, true), "retryAtOnce", true)
    assert.notProperty(ConnectionReason.reasonOf(reset), "retryAtOnce")
  })

  it("takes a SHA-1 that B2 does not find in the bytes for damage on the way", () => {
    assert.strictEqual(reason(400, "bad_request", upload, "Sha1 did not match data received")._tag, "ChecksumMismatch")
  })

  it("names the capability that a key lacks", () => {
    assert.include(reason(401, "unauthorized", { call: "b2_hide_file" }).message, '"writeFiles"')
    assert.include(reason(401, "unauthorized", { call: "b2_delete_file_version" }).message, '"deleteFiles"')
  })

  it("names the bucket and the prefix that a key is for", () => {
    const limited = { ...key, buckets: [{ id: "1", name: "holiday-photos" }], namePrefix: "2024/" }
    const { message } = reason(401, "unauthorized", { key: limited })
    assert.include(message, "holiday-photos")
    assert.include(message, "2024/")
  })

  it("names the key id that B2 refused", () => {
    assert.include(reason(401, "bad_auth_token", { call: "b2_authorize_account" }).message, "001abc")
  })

  it("waits as long as B2 asks, a second where it does not say", () => {
    const wait = (retryAfter?: number) => {
      const limited = reasonOf(new B2Refusal(429, "too_many_requests", "", retryAfter), { call: "b2_hide_file" })
      return limited._tag === "RateLimited" ? Duration.toMillis(limited.retryAfter) : undefined
    }
    assert.strictEqual(wait(7000), 7000)
    assert.strictEqual(wait(), 1000)
  })

  it("reads Retry-After as seconds and as a date", () => {
    const now = Date.UTC(2026, 0, 1)
    assert.strictEqual(parseRetryAfter("7", now), 7000)
    assert.strictEqual(parseRetryAfter("Thu, 01 Jan 2026 00:00:09 GMT", now), 9000)
    assert.strictEqual(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now), 0)
    assert.strictEqual(parseRetryAfter("999999", now), 300_000)
    assert.isUndefined(parseRetryAfter("soon", now))
    assert.isUndefined(parseRetryAfter(undefined, now))
  })

  it("does not retry a certificate that is not trusted", () => {
    const failure = new ConnectionFailure(
      "https://b2",
      Object.assign(new Error("x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" })
    )
    assert.strictEqual(ConnectionReason.reasonOf(failure)._tag, "InvalidRequest")
  })
})
