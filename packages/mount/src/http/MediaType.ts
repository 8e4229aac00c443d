import { getMimeType } from "hono/utils/mime"

/** By the ending of the name. */
export const mediaType = (name: string): string => getMimeType(name) ?? "application/octet-stream"
