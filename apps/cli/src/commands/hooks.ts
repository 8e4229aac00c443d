import { text, texts } from "../Flags.ts"

/** What is run around a task, of commands that put one into the journal. */
export const hookFlags = {
  before: texts(
    "before",
    "word",
    "Run this program before each run, given once for each of its words, as --before=-c where one begins with -; when it fails, nothing is run"
  ),
  after: texts(
    "after",
    "word",
    "Run this program after each run, whatever became of it, given once for each of its words"
  ),
  hookLimit: text("hook-limit", "duration", "How long each of the two may take; 5m when absent")
}
