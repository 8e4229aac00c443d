/** Which field a failure belongs to that names none itself. */
import type { Failure } from "@ourclone/core/events/Failure"

const ofNames = new Set(["InvalidName", "AlreadyConfigured"])

/** Of a form that gives something a name. */
export const blameName = ({ code }: Failure): string | undefined => (ofNames.has(code) ? "name" : undefined)
