import { expect, it } from "vitest"
import { presigned } from "../../src/api/Presign.ts"

it("an address is signed as in the example of Amazon's documentation", () => {
  const url = presigned(
    { protocol: "https:", hostname: "examplebucket.s3.amazonaws.com", path: "/test.txt" },
    {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      region: "us-east-1",
      now: Date.UTC(2013, 4, 24),
      seconds: 86_400
    }
  )
  expect(url).toBe(
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
  )
})
