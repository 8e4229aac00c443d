/** The thread that hashes one file after the other. `HashThreads.ts` starts it. */
import { parentPort } from "node:worker_threads"
import { type HashJob, hashFile } from "./HashFile.ts"
import { answer } from "./WorkerAnswer.ts"

/** Bytes between two messages of how far it is: a twentieth of a second's work. */
const stride = 16 * 1024 * 1024

/** Tells of bytes in strides; what is left in the end the answer tells. */
const inStrides = (tell: (bytes: number) => void): ((bytes: number) => void) => {
  let untold = 0
  return (bytes) => {
    untold += bytes
    if (untold < stride) return
    tell(untold)
    untold = 0
  }
}

parentPort?.on("message", (job: HashJob) => {
  const onHashed = inStrides((hashed) => parentPort?.postMessage({ hashed }))
  parentPort?.postMessage(answer(() => hashFile(job, onHashed)))
})
