/** What an error of the system means, in words: the cause and not the name of a call. */

/** Others, such as those for owners and attributes, say themselves what they were about. */
const calls: ReadonlySet<unknown> = new Set(
  "open read write fsync close stat lstat scandir readlink mkdir rmdir unlink rename ftruncate copyfile".split(" ")
)

const causes: { readonly [code: string]: string } = {
  ENOENT: "it does not exist",
  EACCES: "this user may not access it",
  EPERM: "this user may not change it",
  ENOTDIR: "it, or what it should be in, is no folder",
  EISDIR: "it is a folder",
  EEXIST: "something else is in its place",
  ENAMETOOLONG: "its name is too long for this file system",
  ELOOP: "its symbolic links lead in a circle",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "its file system can only be read",
  EIO: "the device failed to read or write it",
  EMFILE: "too many files are open",
  ESTALE: "the network drive it is on has lost it"
}

/** `EACCES`; empty where the error is not of the system. */
export const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "")

const plain = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `this user may not access it (EACCES)`; other errors say what they say. The caller names the file. */
export const textOf = (error: unknown): string => {
  const code = codeOf(error)
  const cause = error instanceof Error && "syscall" in error && calls.has(error.syscall) ? causes[code] : undefined
  return cause === undefined ? plain(error) : `${cause} (${code})`
}
