/** The thread that hashes one file after the other. `HashThreads.ts` starts it. */
import { parentPort } from "node:worker_threads"
import { type HashJob, hashFile } from "./HashFile.ts"
import { answer } from "./WorkerAnswer.ts"

parentPort?.on("message", (job: HashJob) => parentPort?.postMessage(answer(() => hashFile(job))))
