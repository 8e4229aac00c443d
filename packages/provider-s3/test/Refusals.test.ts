import { describe, expect, it } from "@effect/vitest"
import * as S3Errors from "../src/api/S3Errors.ts"

const failure = (status: number, body: string): S3Errors.S3Failure =>
  S3Errors.failureOfReply({ origin: "http://s3.test", status, headers: {}, body: Buffer.from(body) })

const reasonOf = (operation: string, status: number, body = "") =>
  S3Errors.reasonOf(failure(status, body), { operation, bucket: "b", isOfBucket: operation.startsWith("List") })

const said = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`

describe("what a service says no with", () => {
  it("is a file that is not there only where the service says so, or where it has no words", () => {
    for (const code of ["NoSuchKey", "NoSuchVersion", "NoSuchBucket"]) {
      expect(reasonOf("GetObject", 404, said(code))._tag).toBe("NotFound")
    }
    expect(reasonOf("HeadObject", 404)._tag).toBe("NotFound")
    expect(reasonOf("ListObjectsV2", 404, "<html>not here</html>")._tag).toBe("UnexpectedResponse")
    expect(reasonOf("GetObject", 404, "not here")._tag).toBe("UnexpectedResponse")
  })

  it("is a key that is not accepted, whatever the number of the answer", () => {
    expect(reasonOf("ListObjectsV2", 404, said("XAdminUserNotFound"))._tag).toBe("Unauthenticated")
  })

  it("is not asked again for what the service does not do", () => {
    expect(reasonOf("PutBucketLifecycleConfiguration", 501, said("NotImplemented"))._tag).toBe("InvalidRequest")
  })
})
