/**
 * Compiles `chunker.as` and writes `../src/archive/ChunkerModule.ts`:
 * `npm run exec node packages/backup/assembly/build.mjs`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import asc from "assemblyscript/asc"

const source = new URL("chunker.as", import.meta.url)
const module = new URL("../src/archive/ChunkerModule.ts", import.meta.url)

/** The WebAssembly of `chunker.as`. */
export const compile = async () => {
  let binary
  const { error, stderr } = await asc.main(
    ["chunker.ts", "--outFile", "chunker.wasm", "-O3", "--noAssert", "--runtime", "stub", "--memoryBase", "131072"],
    {
      readFile: (name) => (name === "chunker.ts" ? readFileSync(source, "utf8") : null),
      writeFile: (_name, contents) => {
        binary = contents
      },
      listFiles: () => []
    }
  )
  if (error !== null) throw new Error(`chunker.as does not compile: ${stderr}`)
  return Buffer.from(binary)
}

/** The text of `ChunkerModule.ts` for a compiled module. */
export const moduleText = (binary) => {
  const lines = binary.toString("base64").match(/.{1,110}/g)
  return `/** The compiled \`assembly/chunker.as\`; \`assembly/build.mjs\` writes it anew. */
export const chunkerModule = [
${lines.map((line) => `  "${line}"`).join(",\n")}
].join("")
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(module, moduleText(await compile()))
