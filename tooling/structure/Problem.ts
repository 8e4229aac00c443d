/** What the check can complain of, by the words that `stillAllowed.ts` uses. */
export type Rule = "environment" | "imports" | "names" | "process" | "rooms" | "runners" | "syntax" | "words"

export interface Problem {
  readonly path: string
  readonly rule: Rule
  /** One sentence: what is wrong and where it belongs. */
  readonly what: string
}
