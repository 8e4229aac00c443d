/** A worker for the tests of Threads: does what each request says. */
import { writeFileSync } from "node:fs"
import { threadId } from "node:worker_threads"
import { serve } from "../../src/threads/ServingThread.ts"
import { type Line, reply } from "../../src/threads/ThreadLine.ts"

export type Request =
  | { readonly _tag: "Data" }
  | { readonly _tag: "Number" }
  | { readonly _tag: "Fill"; readonly buffer: ArrayBuffer; readonly byte: number }
  | { readonly _tag: "Fail"; readonly code?: string; readonly late: boolean }
  | { readonly _tag: "Ask"; readonly question: string }
  | { readonly _tag: "Wait"; readonly millis: number }
  | { readonly _tag: "Exit" }
  | { readonly _tag: "Throw" }

/** A thread that takes a while to start, and leaves a file when it has. */
const startSlowly = (file: string): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  writeFileSync(file, "")
}

const answer =
  (data: string, main: Line<string, string>) =>
  (request: Request): unknown => {
    switch (request._tag) {
      case "Data":
        return data
      case "Number":
        return threadId
      case "Fill":
        new Uint8Array(request.buffer).fill(request.byte)
        return reply(request.buffer, [request.buffer])
      case "Fail": {
        const error = Object.assign(
          new Error("it does not work"),
          request.code === undefined ? {} : { code: request.code }
        )
        if (request.late) return Promise.reject(error)
        throw error
      }
      case "Ask":
        return main.call(request.question).then((answer) => `${request.question} ${answer}`)
      case "Wait":
        return new Promise((resolve) => setTimeout(() => resolve("waited"), request.millis))
      case "Exit":
        return process.exit(0)
      case "Throw":
        setTimeout(() => {
          throw new Error("outside of any request")
        })
        return new Promise(() => undefined)
    }
  }

serve((data: string, main: Line<string, string>) => {
  if (data.startsWith("/")) startSlowly(data)
  return answer(data, main)
})
