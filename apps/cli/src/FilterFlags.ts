/** The flags that choose among files, spelled and meant as rclone's. */
import type * as Command from "effect/cli/Command"
import { text, texts } from "./Flags.ts"

export const filterFlags = {
  include: texts("include", "pattern", "Only files that match; may be repeated"),
  exclude: texts("exclude", "pattern", "No files that match; may be repeated"),
  filter: texts("filter", "rule", 'A rule such as "- *.bak" or "+ *.jpg"; the first that matches decides'),
  includeFrom: texts("include-from", "file", "Patterns of files to include, one a line"),
  excludeFrom: texts("exclude-from", "file", "Patterns of files to exclude, one a line"),
  filterFrom: texts("filter-from", "file", "Rules, one a line"),
  filesFrom: texts("files-from", "file", "Only the files named in it, one a line"),
  minSize: text("min-size", "size", "Only files of at least this size, such as 10k or 1G"),
  maxSize: text("max-size", "size", "Only files of at most this size"),
  minAge: text("min-age", "age", "Only files changed at least this long ago, such as 1h or 30d"),
  maxAge: text("max-age", "age", "Only files changed at most this long ago")
}

export type FilterInput = Command.Command.Config.Infer<typeof filterFlags>
