import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { lazily } from "../Lazily.ts"

/** For the scripts of `completion`; `root` is asked for when it runs, because it holds this command. */
export const complete = (root: () => Command.Command.Any) =>
  Command.make(
    "complete",
    {
      shell: Argument.Literals("shell", ["bash", "zsh", "fish"]),
      words: Argument.String("word").pipe(Argument.variadic({ min: 0 }))
    },
    (flags) =>
      lazily(
        () => import("../completion/CompleteCommand.ts"),
        ({ run }) => run({ ...flags, root: root() })
      )
  ).pipe(Command.withDescription("What may follow, for the scripts of completion"), Command.unlisted)
