/** What programs on Linux are told for each refusal. */
import { constants } from "node:os"
import type { Refusal } from "../contract/Refusal.ts"

/** Node knows the numbers of the machine it runs on; Windows has no such device. */
const { errno } = constants

export const errnoOf = {
  NotFound: errno.ENOENT,
  AlreadyExists: errno.EEXIST,
  NotDirectory: errno.ENOTDIR,
  IsDirectory: errno.EISDIR,
  NotEmpty: errno.ENOTEMPTY,
  IntoItself: errno.EINVAL,
  WrongKind: errno.EINVAL,
  ReadOnly: errno.EROFS,
  NotPermitted: errno.EPERM,
  BadName: errno.EINVAL,
  NameTooLong: errno.ENAMETOOLONG,
  BadRange: errno.EINVAL,
  TooLarge: errno.EFBIG,
  BadHandle: errno.EBADF,
  NoSpace: errno.ENOSPC,
  NoProperty: errno.ENODATA,
  NotSupported: errno.EOPNOTSUPP,
  // Not ETIMEDOUT: programs know EIO for "the bytes can not be had", and `tar` or `cp` print it with the name.
  TimedOut: errno.EIO,
  Failed: errno.EIO
} satisfies Record<Refusal, number>
