/** A file system that never throws: what its disk, or a mistake of ours, did to it is refused like anything else. */
import type { FileSystem } from "../contract/FileSystem.ts"
import { Refused } from "../contract/Refusal.ts"

/** SQLITE_FULL */
const full = 13

/** What a throw of the disk under the cache means. */
export const refusedBy = (error: unknown): Refused => {
  const { code, errcode } = error instanceof Error ? (error as NodeJS.ErrnoException & { errcode?: number }) : {}
  const isFull = code === "ENOSPC" || code === "EDQUOT" || (errcode !== undefined && (errcode & 0xff) === full)
  return new Refused(isFull ? "NoSpace" : "Failed", error instanceof Error ? error.message : String(error))
}

/** `onFault` hears of what was not for want of room. */
export const guarded = (fileSystem: FileSystem, onFault: (message: string) => void): FileSystem => {
  const refuse = (error: unknown): Refused => {
    const refused = refusedBy(error)
    if (refused.refusal !== "NoSpace") onFault(refused.message ?? "")
    return refused
  }
  const guard = (method: (...args: ReadonlyArray<unknown>) => unknown) => {
    return (...args: ReadonlyArray<unknown>): unknown => {
      try {
        const answer = method(...args)
        return answer instanceof Promise ? answer.catch(refuse) : answer
      } catch (error) {
        return refuse(error)
      }
    }
  }
  const methods = Object.entries(fileSystem).map(([name, method]) => [
    name,
    typeof method === "function" && name !== "watch" ? guard(method) : method
  ])
  return Object.fromEntries(methods) as FileSystem
}
