import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect, onTestFinished, test } from "vitest"
import * as Scrubber from "../../src/configuration/Scrubber.ts"
import * as ProviderFactory from "../../src/contract/ProviderFactory.ts"

test.each([
  "Authorization: Basic c2VjcmV0c2VjcmV0",
  '{"authorizationToken":"c2VjcmV0c2VjcmV0"}',
  "https://x/file?Authorization=c2VjcmV0c2VjcmV0&b=1",
  "applicationKey: c2VjcmV0c2VjcmV0"
])("a log does not repeat the credential in %s", (line) => {
  expect(Scrubber.make([])(line)).not.toContain("c2VjcmV0c2VjcmV0")
})

test("a log does not repeat a known secret, plain or in an address", () => {
  const scrub = Scrubber.make(["K001/sec+ret", "short", ""])
  expect(scrub("key K001/sec+ret, K001%2Fsec%2Bret and short")).toBe("key xxx, xxx and short")
})

const cloud = ProviderFactory.makeOver({
  type: "cloud",
  description: "A cloud",
  options: Schema.Struct({ remote: Schema.String, applicationKey: Schema.Redacted(Schema.String) }),
  environment: [{ applicationKey: "CLOUD_KEY" }],
  beneath: ({ remote }) => Effect.succeed(remote),
  around: (provider) => Effect.succeed(provider)
})

test("what the configuration and the environment hold is known, whatever it is for, and what is only named is not", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "scrubber-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, "config.toml")
  const text = `[remotes.photos]\ntype = "cloud"\nremote = "elsewhere:"\napplicationKey = "planted-1"\n
[remotes.named]\ntype = "cloud"\nremote = "elsewhere:"\napplicationKey = "env:CLOUD"\n
[remotes.marked]\ntype = "cloud"\nremote = "elsewhere:"\napplicationKey = "text:planted-7"\n
[remotes.unknown]\ntype = "plugin"\nwhatever = "planted-2"\n
[repositories.home]\nlocation = "photos:backup"\npassword = "planted-3"\n
[notifications.phone]\ntype = "ntfy"\nurl = "https://ntfy.sh/planted-4"\ntoken = "planted-5"\n`
  fs.writeFileSync(file, text, { mode: 0o600 })
  const found = await Effect.runPromise(Scrubber.secretsOf(file, [cloud], { CLOUD_KEY: "planted-6" }))
  const scrubbed = Scrubber.make(found)(`${text} failed with planted-6 and planted-7`)
  expect(scrubbed).not.toContain("planted")
  for (const kept of ["elsewhere:", "photos:backup"]) expect(scrubbed).toContain(kept)
  expect(found).not.toContain("env:CLOUD")
  expect(await Effect.runPromise(Scrubber.secretsOf(path.join(folder, "none"), [cloud], {}))).toEqual([])
})
