/**
 * What a file system answers instead of what was asked for. A refusal was decided; `Failed`, `TimedOut` and `NoSpace` have
 * happened. Doors translate them with a table that is `satisfies Record<Refusal, number>`.
 */
export type Refusal =
  /** Nothing of that name or number. */
  | "NotFound"
  | "AlreadyExists"
  | "NotDirectory"
  | "IsDirectory"
  | "NotEmpty"
  /** A directory would be moved below itself. */
  | "IntoItself"
  /** The node is no symbolic link, or the request makes no sense for its kind. */
  | "WrongKind"
  | "ReadOnly"
  /** Never possible here: a hard link, a device, another's ownership. Programs know to do without. */
  | "NotPermitted"
  /** Not a name that the storage takes, or that any path can hold. */
  | "BadName"
  | "NameTooLong"
  /** A negative or too large offset or length. */
  | "BadRange"
  /** More than the storage takes in one file. */
  | "TooLarge"
  /** The handle was not opened for that, or is closed. */
  | "BadHandle"
  /** The storage's quota, or the disk of the cache, has no more room; what was written before is intact. */
  | "NoSpace"
  /** No property of that name. */
  | "NoProperty"
  | "NotSupported"
  /** The storage did not answer within the deadline. */
  | "TimedOut"
  /** Bytes or a listing could not be had; the log says why. */
  | "Failed"

/** An answer. `message` is for the log and for WebDAV's body: names the thing, the cause and the remedy. */
export class Refused {
  readonly refusal: Refusal
  readonly message: string | undefined
  constructor(refusal: Refusal, message?: string) {
    this.refusal = refusal
    this.message = message
  }
}

export const isRefused = (answer: unknown): answer is Refused => answer instanceof Refused
