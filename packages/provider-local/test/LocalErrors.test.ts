import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@ourclone/core/contract/StorageError"
import { reasonOf, toStorageError } from "../src/place/LocalErrors.ts"
import * as Place from "../src/place/LocalPlace.ts"

const failure = (code: string) => Object.assign(new Error(`${code}: something`), { code })
const place = Place.make({ root: "/somewhere", name: "photos:" })

describe("an error of the system", () => {
  for (const [code, reason] of [
    ["ENOSPC", "NoSpace"],
    ["EDQUOT", "NoSpace"],
    ["EACCES", "PermissionDenied"],
    ["EPERM", "PermissionDenied"],
    ["EROFS", "PermissionDenied"],
    ["ENOENT", "NotFound"],
    ["ENAMETOOLONG", "InvalidRequest"],
    ["EINVAL", "InvalidRequest"],
    ["EFBIG", "InvalidRequest"],
    ["EMFILE", "Unavailable"],
    ["EIO", "Unavailable"],
    ["EISDIR", "AlreadyExists"],
    ["ESTRANGE", "UnexpectedResponse"]
  ] as const) {
    it(`${code} is ${reason}`, () => {
      assert.strictEqual(reasonOf(failure(code))._tag, reason)
    })
  }

  it("names the provider and the path, and a full disk stops the job", () => {
    const error = toStorageError(place, "put", "2024/a.jpg", failure("ENOSPC"))
    assert.strictEqual(error.message, 'photos: "2024/a.jpg": the disk is full: free some space or write elsewhere')
    assert.isTrue(error.stopsJob)
  })

  it("that is one of storage already stays as it is", () => {
    const error = new StorageError({ provider: "b2", operation: "read", reason: reasonOf(failure("EIO")) })
    assert.strictEqual(toStorageError(place, "put", "a", error), error)
  })
})

describe("a path", () => {
  it("with a device name, a backslash, a colon or a dot at the end is refused on Windows only", () => {
    for (const path of ["a/CON", "nul.txt", "com1", "a\\..\\b", "c:x", "a./b", "a /b", "a?"]) {
      assert.isString(Place.refusal(path, "win32"), path)
      assert.isUndefined(Place.refusal(path, "linux"), path)
    }
    for (const path of ["console", "a/common", ".hidden", "a b/c", ""]) {
      assert.isUndefined(Place.refusal(path, "win32"), path)
    }
  })
})
