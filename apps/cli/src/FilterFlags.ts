/** The flags that choose among files, spelled and meant as rclone's. Those named `--…-from` take the name of a file. */
import { filterFields } from "@ourclone/jobs/place/FilterFields"
import type * as Command from "effect/cli/Command"
import { flagsOf } from "./RequestFlags.ts"

export const filterFlags = flagsOf(filterFields)

export type FilterInput = Command.Command.Config.Infer<typeof filterFlags>
