import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import * as Effect from "effect/Effect"
import { scripts } from "../completion/Scripts.ts"
import * as Output from "../Output.ts"

/** `root` is asked for when the command runs, because it holds this command. */
export const completion = (root: () => Command.Command.Any) =>
  Command.make(
    "completion",
    {
      shell: Argument.Literals("shell", ["bash", "zsh", "fish", "powershell"]).pipe(
        Argument.withDescription("The shell to complete in")
      )
    },
    ({ shell }) =>
      Effect.map(Output.make, (output) =>
        output.line(
          shell !== "powershell"
            ? scripts[shell].trimEnd()
            : // The comments of the script speak of a flag that this program has as a command.
              Completions.generate("ourclone", shell, Completions.fromCommand(root())).replaceAll(
                "--completions",
                "completion"
              )
        )
      ).pipe(Effect.scoped)
  ).pipe(
    Command.withDescription(
      "Print a script that completes commands, flags, paths, remotes and what is stored there in a shell"
    ),
    Command.withExamples([
      {
        command: "ourclone completion bash > ~/.local/share/bash-completion/completions/ourclone",
        description: "bash"
      },
      { command: "ourclone completion zsh > ~/.zfunc/_ourclone", description: "zsh" },
      { command: "ourclone completion fish > ~/.config/fish/completions/ourclone.fish", description: "fish" }
    ])
  )
