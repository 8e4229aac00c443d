/** The side of a worker thread that answers. */
import { parentPort } from "node:worker_threads"
import { type Handler, type Line, open, ready } from "./ThreadLine.ts"

/**
 * In the worker module: answers what the main side asks. `makeHandler` is called
 * once, when the thread is put to use, with its data and a line to ask back on.
 */
export const serve = <Asks, Answers, Asked>(
  makeHandler: (data: never, main: Line<Asks, Answers>) => (request: Asked) => unknown
): void => {
  if (parentPort === null) throw new Error("this module runs in a worker thread only")
  let handler: Handler | undefined
  const line = open(parentPort, (request) => handler!(request))
  const begin = (data: unknown): void => {
    handler = makeHandler(data as never, line)
    parentPort?.postMessage(ready)
  }
  // The first thing that is said is the data.
  parentPort.on("message", (message) => (handler === undefined ? begin(message) : line.receive(message)))
  parentPort.postMessage(ready)
}
