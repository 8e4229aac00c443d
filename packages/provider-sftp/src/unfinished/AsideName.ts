/** What a file is called while another takes its place, where the server can not rename over it: `.name.1a2b3c4d.ourclone-old`. */
import { randomBytes } from "node:crypto"

const pattern = /^\.(.+)\.[0-9a-f]{8}\.ourclone-old$/s

/** For a file called `name`, in the same directory; another one at each call. */
export const asideName = (name: string): string => `.${name}.${randomBytes(4).toString("hex")}.ourclone-old`

/** The name of the file that is called so; `undefined` where it is no such name. */
export const nameOf = (aside: string): string | undefined =>
  aside.charCodeAt(0) === 46 ? pattern.exec(aside)?.[1] : undefined

export const isAside = (name: string): boolean => nameOf(name) !== undefined
