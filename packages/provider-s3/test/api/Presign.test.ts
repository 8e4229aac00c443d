import { expect, it } from "vitest"
import { presigned } from "../../src/api/Presign.ts"

const address = {
  protocol: "https:",
  hostname: "examplebucket.s3.amazonaws.com",
  path: "/",
  region: "us-east-1",
  service: "s3"
}

it("an address is signed as in the example of Amazon's documentation", () => {
  const url = presigned(address, "/test.txt", {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    region: "us-east-1",
    service: "s3",
    now: Date.UTC(2013, 4, 24),
    seconds: 86_400
  })
  expect(url).toBe(
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
  )
})

it("the token of a session and who pays stand in the query where the signature has them: by the order of their bytes", () => {
  const url = presigned(address, "/test.txt", {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    sessionToken: "token/with+signs==",
    region: "us-east-1",
    service: "s3",
    now: Date.UTC(2013, 4, 24),
    seconds: 86_400,
    query: { "x-amz-request-payer": "requester" }
  })
  // The signature is that of the library of AWS.
  expect(url.replace(/^.*\?/, "").split("&")).toEqual([
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
    "X-Amz-Date=20130524T000000Z",
    "X-Amz-Expires=86400",
    "X-Amz-Security-Token=token%2Fwith%2Bsigns%3D%3D",
    "X-Amz-SignedHeaders=host",
    "x-amz-request-payer=requester",
    "X-Amz-Signature=503ec36678d797f4ea81ea8bab07bdc35cd2307fc9ca1d4c92fbcbb3fd375996"
  ])
})
