/** What was given over the network is the value itself: one that looks like a reference is none, and runs nothing. */
import * as Secret from "@ourclone/core/configuration/Secret"

export const literal = (value: string): string =>
  Secret.kindOf(value) !== undefined || value.startsWith("text:") ? `text:${value}` : value
