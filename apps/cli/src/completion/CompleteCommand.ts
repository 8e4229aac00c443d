/** `complete`: what may follow the words of a command line. */
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import * as Output from "../Output.ts"
import * as Answer from "./Answer.ts"
import * as Candidates from "./Candidates.ts"
import type { Shell } from "./Scripts.ts"
import * as TypedLine from "./TypedLine.ts"

export const run = Effect.fnUntraced(function* (flags: {
  readonly shell: Shell
  /** For zsh the words after the program, of which the last is as typed; otherwise the line up to the cursor. */
  readonly words: ReadonlyArray<string>
  readonly root: Command.Command.Any
}) {
  const { shell, words } = flags
  const output = yield* Output.make
  const line = TypedLine.parse((shell === "zsh" ? words.at(-1) : words.join(" ")) ?? "")
  const typed = shell === "zsh" ? [...words.slice(0, -1), ...line.words] : line.words.slice(1)
  const found = yield* Candidates.find(Completions.fromCommand(flags.root), typed.length === 0 ? [""] : typed)
  for (const one of Answer.lines(shell, found, shell === "bash" ? line.kept : 0)) output.line(one)
}, Effect.scoped)
