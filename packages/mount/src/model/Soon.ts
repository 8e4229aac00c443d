/** Answers that come at once or later, without a promise where none is needed. */
import type { Answer, Soon } from "../contract/FileSystem.ts"
import { isRefused } from "../contract/Refusal.ts"

/** `next` of an answer that is no refusal. */
export const onceKnown = <A, B>(answer: Soon<A>, next: (value: A) => Soon<B>): Soon<B> => {
  if (answer instanceof Promise) return answer.then((value) => (isRefused(value) ? value : next(value)))
  return isRefused(answer) ? answer : next(answer as A)
}

export type { Answer, Soon }
