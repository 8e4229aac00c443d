/** A stored file as bytes to be stored elsewhere. */
import type { ByteRange, ByteSource } from "../contract/ByteSource.ts"
import type { File } from "../contract/Entry.ts"
import type { Provider } from "../contract/Provider.ts"

/**
 * The content of `file` as a source.
 *
 * Where its SHA-1 is known, streamed reads ask for a range, so that the bytes
 * are hashed once, by whoever stores them; `Provider.read` of a whole file hashes too.
 */
export const source = (provider: Provider, file: File): ByteSource => {
  const { sha1 } = file.checksums
  const whole: ByteRange | undefined =
    sha1 === undefined || file.size === 0 ? undefined : { offset: 0, length: file.size }
  const { digest } = provider
  return {
    size: file.size,
    sha1,
    isSha1Noted: file.hasNotedChecksums,
    bytes: provider.readAll(file),
    read: (range = whole) => provider.read(file, range),
    digest: digest && ((...asked) => digest(file)(...asked))
  }
}
