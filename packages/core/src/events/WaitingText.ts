/** Why a run does nothing for a while, in words. */

import * as Amount from "./Amount.ts"
import { printable } from "./PrintableText.ts"
import type { Waiting } from "./RunView.ts"

/** `12 s`, `2 min`. */
const about = (millis: number): string => {
  const seconds = Math.max(1, Math.round(millis / 1000))
  return seconds < 100 ? `${seconds} s` : `${Amount.count(seconds / 60)} min`
}

const service = ({ failure, until }: Waiting, now: number): string => {
  const name = printable(failure?.provider ?? "the service")
  const pause = until === undefined || until <= now ? undefined : about(until - now)
  if (failure === undefined || failure.code === "RateLimited") {
    return `${name} asks to wait${pause === undefined ? "" : ` ${pause}`}`
  }
  const next = pause === undefined ? "" : `; next try in ${pause}`
  return `${name} does not do its work (${printable(failure.message)})${next}`
}

export const ofWaiting = (waiting: Waiting, now: number): string => {
  const since = now - waiting.since >= 1000 ? ` since ${about(now - waiting.since)}` : ""
  switch (waiting.for) {
    case "service":
      return service(waiting, now)
    case "network":
      return `no network${since}${waiting.failure === undefined ? "" : ` (${printable(waiting.failure.message)})`}`
    case "lock":
      return `waiting for another run to end${since}${waiting.failure === undefined ? "" : ` (${printable(waiting.failure.message)})`}`
    case "credentials":
      return `waiting for credentials${since}`
    case "space":
      return `waiting for free space${since}`
    case "limit":
      return `waiting, as a limit says${since}`
  }
}
