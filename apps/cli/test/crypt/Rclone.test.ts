import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as RemotePath from "@ourclone/core/contract/RemotePath"
import { at, contentOf, modifiedAt, pattern, pieces, sha1 } from "@ourclone/core/testing/Check"
import * as CryptProvider from "@ourclone/provider-crypt/CryptProvider"
import type { CryptOptions } from "@ourclone/provider-crypt/settings/CryptOptions"
import * as Keys from "@ourclone/provider-crypt/settings/Keys"
import * as LocalProvider from "@ourclone/provider-local/LocalProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const rclone = spawnSync("rclone", ["version"]).status === 0
const because = rclone ? "" : " (rclone is not installed)"

const password = "correct horse ü"
const options = (given: Partial<CryptOptions>): CryptOptions => ({
  remote: "unused:",
  password: Redacted.make(password),
  filenameEncryption: "standard",
  directoryNameEncryption: true,
  filenameEncoding: "base32",
  suffix: ".bin",
  ...given
})

const ways: ReadonlyArray<readonly [string, CryptOptions]> = [
  ["standard names", options({})],
  ["a second password", options({ password2: Redacted.make("salt and more") })],
  ["names in base64", options({ filenameEncoding: "base64" })],
  ["folders in plain", options({ directoryNameEncryption: false })],
  ["obfuscated names", options({ filenameEncryption: "obfuscate" })],
  ["names as they are", options({ filenameEncryption: "off" })]
]

const sizes = [0, 1, 15, 65_535, 65_536, 65_537, 131_072, 3_000_001]
const names = [
  "a.txt",
  "sub/folder/b.txt",
  "sub/!ex!claim 123",
  "Äpfel é e\u0301.md",
  "日本語/😀 zz",
  "a name of exactly",
  "sixteen bytes ok",
  "old-v2001-02-03-040506-123.txt",
  "no extension-v2001-02-03-040506-123",
  "Icon␍"
]
const content = new Map([
  ...sizes.map((size) => [`sizes/${size}`, pattern(size)] as const),
  ...names.map((name) => [name, Buffer.from(`content of ${name}`)] as const)
])

const obscured = (text: string): string => spawnSync("rclone", ["obscure", text], { encoding: "utf8" }).stdout.trim()
const secretOf = (secret: Redacted.Redacted<string> | undefined): string =>
  secret === undefined ? "" : Redacted.value(secret)

/** The same remote in the words of rclone. */
const environment = (folder: string, given: CryptOptions) => ({
  ...process.env,
  RCLONE_CONFIG: "/dev/null",
  RCLONE_CONFIG_SECRET_TYPE: "crypt",
  RCLONE_CONFIG_SECRET_REMOTE: folder,
  RCLONE_CONFIG_SECRET_PASSWORD: obscured(secretOf(given.password)),
  ...(given.password2 === undefined ? {} : { RCLONE_CONFIG_SECRET_PASSWORD2: obscured(secretOf(given.password2)) }),
  RCLONE_CONFIG_SECRET_FILENAME_ENCRYPTION: given.filenameEncryption,
  RCLONE_CONFIG_SECRET_DIRECTORY_NAME_ENCRYPTION: String(given.directoryNameEncryption),
  RCLONE_CONFIG_SECRET_FILENAME_ENCODING: given.filenameEncoding
})

const run = (folder: string, given: CryptOptions, ...words: ReadonlyArray<string>): void => {
  const { status, stderr } = spawnSync("rclone", words, { encoding: "utf8", env: environment(folder, given) })
  assert.strictEqual(status, 0, stderr)
}

const withFolders = <A, E>(use: (plain: string, secret: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(tmpdir(), "ourclone-crypt-"))),
    (folder) => {
      fs.mkdirSync(`${folder}/plain`)
      fs.mkdirSync(`${folder}/secret`)
      return use(`${folder}/plain`, `${folder}/secret`)
    },
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
  )

const openOver = (folder: string, given: CryptOptions): Effect.Effect<Provider> =>
  Effect.gen(function* () {
    const beneath = yield* LocalProvider.make({ root: folder })
    return CryptProvider.make(beneath, "secret:", given, yield* Keys.make(given))
  }).pipe(Effect.orDie)

/** The name on this disk of what a path spells. */
const onDisk = (name: string): string => name.replace("␍", "\r")

describe.skipIf(!rclone)(`what rclone's crypt wrote${because}`, () => {
  for (const [way, given] of ways) {
    it.live(`is read, with ${way}`, () =>
      withFolders((plain, secret) =>
        Effect.gen(function* () {
          for (const [name, bytes] of content) {
            fs.mkdirSync(path.dirname(`${plain}/${onDisk(name)}`), { recursive: true })
            fs.writeFileSync(`${plain}/${onDisk(name)}`, bytes)
          }
          run(secret, given, "copy", plain, "secret:")
          const provider = yield* openOver(secret, given)
          const found = yield* Stream.runCollect(provider.list(RemotePath.root))
          const files = found.flatMap((entry) => (entry._tag === "File" ? [entry] : []))
          assert.strictEqual(files.length, found.length)
          assert.sameMembers(
            files.map((file) => file.path),
            [...content.keys()]
          )
          for (const file of files) {
            const expected = content.get(file.path)!
            assert.strictEqual(file.size, expected.length)
            assert.strictEqual(sha1(yield* contentOf(provider.read(file))), sha1(expected), file.path)
            if (file.size < 100_000) continue
            const range = { offset: 65_530, length: Math.min(70_000, file.size - 65_530) }
            const part = yield* contentOf(provider.read(file, range))
            assert.strictEqual(sha1(part), sha1(expected.subarray(range.offset, range.offset + range.length)))
          }
        })
      )
    )
  }
})

describe.skipIf(!rclone)(`what is encrypted here${because}`, () => {
  for (const [way, given] of ways) {
    it.live(`is read by rclone, with ${way}`, () =>
      withFolders((plain, secret) =>
        Effect.gen(function* () {
          const provider = yield* openOver(secret, given)
          for (const [name, bytes] of content) {
            yield* provider.put(at(name), pieces(bytes), { modifiedAt })
          }
          run(secret, given, "copy", "secret:", plain)
          for (const [name, bytes] of content) {
            const found = fs.readFileSync(`${plain}/${onDisk(name)}`)
            assert.strictEqual(sha1(found), sha1(bytes), name)
            assert.strictEqual(Math.floor(fs.statSync(`${plain}/${onDisk(name)}`).mtimeMs), modifiedAt)
          }
        })
      )
    )
  }
})
