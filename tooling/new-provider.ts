/**
 * `npm run new-provider NAME [FOLDER]`: makes a package of a provider of the type NAME in a folder that is not there yet, outside
 * of this checkout: `ourclone-provider-NAME` beside it where none is named. Nothing of the provider is written: its tests, which
 * hold it to the contract, fail until it is. It brings `@ourclone/core` as this checkout has it, packed.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { output, root } from "./release/packages.ts"

const [name = "", folder = path.join(root, "..", `ourclone-provider-${name}`)] = process.argv.slice(2)

const refuse = (message: string): never => {
  console.error(message)
  process.exit(2)
}
if (!/^[a-z][a-z0-9]+$/.test(name)) {
  refuse("give a name of lower-case letters and digits, and a folder if you like: npm run new-provider NAME [FOLDER]")
}
// npm runs scripts in the folder of the package, wherever it was called.
const target = path.resolve(process.env.INIT_CWD ?? "", folder)
if (fs.existsSync(target)) refuse(`${target} is there already: name a folder that is not`)
if (!path.relative(root, target).startsWith("..")) {
  refuse(`${target} lies in the checkout of OurClone: a provider of your own lies elsewhere`)
}

/** What is the same for every package of a provider is that of the example. */
const example = (file: string): string => fs.readFileSync(path.join(root, "examples", "provider-azure", file), "utf8")

const unwritten = fs.readFileSync(path.join(import.meta.dirname, "newProvider", "provider.ts"), "utf8")

output("turbo", ["build", "--filter=@ourclone/core"], root)
const packed = output("pnpm", ["pack", "--json", "--pack-destination", target], path.join(root, "packages", "core"))
const core = path.basename(JSON.parse(packed).filename)

const general = JSON.parse(example("package.json"))
const manifest = {
  ...general,
  name: `ourclone-provider-${name}`,
  version: "0.0.1",
  description: `A provider of the type "${name}" for OurClone`,
  license: "UNLICENSED",
  exports: "./dist/provider.js",
  ourclone: { provider: name, specification: 1 },
  dependencies: { ...general.dependencies, "@ourclone/core": `file:./${core}` }
}

const test = `/** The provider against the checks that every provider is held to. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { after, describe, test } from "node:test"
import * as ProviderFactory from "@ourclone/core/contract/ProviderFactory"
import { runOrSkip } from "@ourclone/core/testing/Check"
import { checks } from "@ourclone/core/testing/ProviderContract"
import * as Effect from "effect/Effect"
import { factory } from "../src/provider.ts"

const folder = fs.mkdtempSync(path.join(tmpdir(), "${name}-"))
after(() => fs.rmSync(folder, { recursive: true }))

let count = 0
/** A place that nothing is in. */
const emptyPlace = () =>
  ProviderFactory.open(factory, { file: path.join(folder, \`\${++count}.sqlite\`) }, { name: "test:", location: "" })

describe("the contract", () => {
  for (const check of checks) {
    test(check.name, (t) =>
      Effect.runPromise(
        Effect.scoped(Effect.flatMap(emptyPlace(), (provider) => runOrSkip(check, provider, (because) => t.skip(because))))
      )
    )
  }
})
`

const readme = `# A provider of the type "${name}" for OurClone

With Node 24 or newer:

\`\`\`sh
npm install && npm run build && npm test
\`\`\`

The tests are the checks of the contract. They fail now: nothing of \`src/provider.ts\` is written. Write it method by method, and
run the tests after each; every failing check names what is missing. What opens an empty place for each check is
\`test/contract.test.ts\`, to be changed with the options. OurClone's docs/writing-a-provider.md has a whole provider.

Once they pass:

\`\`\`sh
ourclone plugin add .
ourclone remote add NAME ${name}
\`\`\`

\`@ourclone/core\` is here as a tarball. Before you publish the package, name the version of it that the registry has in
\`package.json\` instead.
`

const files: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify(manifest, undefined, 2)}\n`,
  "tsconfig.json": example("tsconfig.json"),
  "src/provider.ts": unwritten.replaceAll("archive", name),
  "test/contract.test.ts": test,
  "README.md": readme,
  ".gitignore": "dist\nnode_modules\n"
}
for (const [file, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(target, file)), { recursive: true })
  fs.writeFileSync(path.join(target, file), text)
}
console.log(`made ${target}: npm install, npm run build, npm test`)
