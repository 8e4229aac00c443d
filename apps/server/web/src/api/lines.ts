/** Answers that come as JSON, one value a line, while the service still works. */
import { open } from "./call.ts"

/** Calls `onLines` with what came at once, so that many lines are drawn once. */
export const lines = async <Line>(
  path: string,
  body: unknown,
  onLines: (some: ReadonlyArray<Line>) => void,
  signal: AbortSignal
): Promise<void> => {
  const response = await open("POST", path, { body, signal })
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  for (;;) {
    const { done, value } = await reader.read()
    const parts = (rest + (value ?? "")).split("\n")
    rest = done ? "" : (parts.pop() ?? "")
    const some = parts.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Line)
    if (some.length > 0) onLines(some)
    if (done) return
  }
}
