import { expect, it } from "vitest"
import { payloadOf, queryOf, type Scope, type Signable, scopeOf, scopes, signed } from "../../src/api/Signature.ts"

const signing = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
  service: "s3",
  now: Date.UTC(2013, 4, 24)
}
const host = "examplebucket.s3.amazonaws.com"

const authorization = (request: Omit<Signable, "host">): string | undefined =>
  signed({ ...request, host }, signing, scopeOf(signing)).authorization

const examples: ReadonlyArray<
  readonly [title: string, request: Omit<Signable, "host">, headers: string, signature: string]
> = [
  [
    "a range of an object",
    { method: "GET", path: "/test.txt", query: "", headers: { range: "bytes=0-9" }, payload: payloadOf(undefined) },
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
  ],
  [
    "an object that is stored",
    {
      method: "PUT",
      path: "/test%24file.text",
      query: "",
      headers: { "x-amz-storage-class": "REDUCED_REDUNDANCY", date: "Fri, 24 May 2013 00:00:00 GMT" },
      payload: payloadOf(new TextEncoder().encode("Welcome to Amazon S3."))
    },
    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
  ],
  [
    "a parameter without a value",
    { method: "GET", path: "/", query: queryOf({ lifecycle: "" }), headers: {}, payload: payloadOf(undefined) },
    "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
  ],
  [
    "a listing",
    {
      method: "GET",
      path: "/",
      query: queryOf({ prefix: "J", "max-keys": "2" }),
      headers: {},
      payload: payloadOf(undefined)
    },
    "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
  ]
]
for (const [title, request, headers, signature] of examples) {
  it(`signs as in the examples of Amazon's documentation: ${title}`, () => {
    expect(authorization(request)).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=${headers}, Signature=${signature}`
    )
  })
}

it("parameters stand in the order of their names, and not of what follows those", () => {
  expect(queryOf({ "a-b": "1", a: "2", "list-type": "2", A: "/+ *" })).toBe("A=%2F%2B%20%2A&a=2&a-b=1&list-type=2")
})

it("the key of a day is for one secret, region, service and second", () => {
  const scopeOfNow = scopes()
  const first = scopeOfNow(signing)
  const told = ({ key, text, time }: Scope) => [time, text, key.export().toString("hex")]
  expect(scopeOfNow({ ...signing, now: signing.now + 999 })).toBe(first)
  for (const other of [
    { now: signing.now + 1000 },
    { region: "eu-central-1" },
    { service: "s3express" },
    { secretAccessKey: "other" }
  ]) {
    const asked = { ...signing, ...other }
    expect(told(scopeOfNow(asked))).toEqual(told(scopeOf(asked)))
    expect(told(scopeOfNow(asked))).not.toEqual(told(first))
  }
})

it("the token of a session is signed too", () => {
  const request = { method: "GET", host, path: "/", query: "", headers: {}, payload: payloadOf(undefined) }
  const headers = signed(request, { ...signing, sessionToken: "a/token==" }, scopeOf(signing))
  expect(headers["x-amz-security-token"]).toBe("a/token==")
  expect(headers.authorization).toContain("x-amz-date;x-amz-security-token,")
})
