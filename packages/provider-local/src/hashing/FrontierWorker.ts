/** The thread that hashes a file while it arrives. `FrontierHash.ts` starts it. */
import { createHash } from "node:crypto"
import { parentPort, workerData } from "node:worker_threads"
import * as fs from "../disk/DiskFs.ts"
import type { FrontierMessage } from "./FrontierHash.ts"
import { feed, makeBuffer } from "./HashFile.ts"
import { answer } from "./WorkerAnswer.ts"

const path: string = workerData
const hash = createHash("sha1")
const buffer = makeBuffer()
let fd: number | undefined
let position = 0

const advance = (to: number): void => {
  fd ??= fs.openSync(path, "r")
  feed(fd, [hash], position, to, buffer)
  position = to
}

parentPort?.on("message", ({ to, isLast }: FrontierMessage) => {
  const result = answer(() => {
    advance(to)
    return isLast ? hash.digest("hex") : ""
  })
  if (isLast || result.isFailure) {
    parentPort?.postMessage(result)
    parentPort?.close()
  }
})
