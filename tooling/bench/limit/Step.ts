/** A piece of work that no program can leave out. */
export type Step =
  /** Reads every file and sums it by SHA-1; writes a copy below `target` where that is given. */
  | { readonly do: "sha1"; readonly folder: string; readonly target?: string }
  /** Asks the system for each entry's attributes. */
  | { readonly do: "walk"; readonly folder: string }
  /** Lists a bucket of the emulator that the environment names, and parses the answers. */
  | { readonly do: "list"; readonly bucket: string }
  /** From the password to the keys of a repository: scrypt with what its key file says. */
  | { readonly do: "key"; readonly repository: string; readonly password: string }
  /** Reads every file, and sums by SHA-256, compresses and seals the bytes into `archive`. */
  | { readonly do: "seal"; readonly folder: string; readonly archive: string }
  /** The reverse; writes the files below `target` where that is given. */
  | { readonly do: "open"; readonly archive: string; readonly target?: string }
