/** Candidates in the form that the script of a shell reads: one on a line, `+` before those that are not over yet. */
import type { Candidate } from "./Candidate.ts"
import type { Shell } from "./Scripts.ts"

const onOneLine = ({ text }: Candidate): boolean => !/[\n\t]/.test(text)

const described = ({ description, text }: Candidate): string =>
  description === undefined ? text : `${text}\t${description.replace(/\s+/g, " ")}`

/** `kept` as of `TypedLine`: bash wants what follows it. */
export const lines = (shell: Shell, candidates: ReadonlyArray<Candidate>, kept: number): ReadonlyArray<string> =>
  candidates.filter(onOneLine).map((candidate) => {
    const mark = candidate.isOpen === true ? "+" : "-"
    if (shell === "bash") return `${mark}${candidate.text.slice(kept)}`
    return shell === "zsh" ? `${mark}${described(candidate)}` : described(candidate)
  })
