/**
 * The end of a process that had worker threads.
 *
 * `process.exit` waits for V8's own threads, and one that compiles may at that
 * moment wait for the main thread to collect garbage: then neither ever ends
 * (nodejs/node#54918). A backup in cron would hang after its work was done, and
 * did in one of several hundred runs. So the system is asked to end the process.
 */
import { flushCompileCache } from "node:module"
import * as SystemLibrary from "@ourclone/system/SystemLibrary"

/** Ends at once, with this code, after the handlers of `exit`. Everything must have been written and closed. */
export const endProcess = (code: number): never => {
  flushCompileCache()
  process.emit("exit", code)
  SystemLibrary.load()?.find("void _exit(int code)")?.(code)
  return process.exit(code)
}
