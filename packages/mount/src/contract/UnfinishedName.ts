/**
 * Names of files that are being made and are nobody's yet: never sent, shown by no door, gone when the process has ended,
 * unless they were given another name before.
 */
import { randomUUID } from "node:crypto"

export const unfinishedPrefix = ".ourclone-put-"

export const newUnfinishedName = (): string => `${unfinishedPrefix}${randomUUID()}`

const pattern = /^\.ourclone-put-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const isUnfinished = (name: string): boolean => pattern.test(name)
