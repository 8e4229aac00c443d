/** Every file that is stored gets the same headers: a copy inside the service would have those of what it copies. */
import * as Stream from "effect/Stream"
import type { UploadHeaders } from "../contract/ContentHeaders.ts"
import type { LargeFile } from "../contract/LargeFile.ts"
import type { Provider, Put, PutOptions } from "../contract/Provider.ts"

/** Of a provider that `keepsContentHeaders`. A large file that an earlier run began is begun anew: it may have other ones. */
export const make = (provider: Provider, headers: UploadHeaders): Provider => {
  const { "content-type": contentType, ...contentHeaders } = headers
  const { largeFile, put, putIfAbsent, putIfSame } = provider
  const headed = <Options extends PutOptions>(options: Options): Options => ({
    ...options,
    contentHeaders,
    ...(contentType === undefined ? {} : { contentType })
  })
  const around =
    (store: Put): Put =>
    (path, source, options) =>
      store(path, source, headed(options))
  const inParts = (parts: LargeFile): LargeFile => ({
    ...parts,
    start: (path, options) => parts.start(path, headed(options)),
    unfinished: () => Stream.empty
  })
  return {
    ...provider,
    copy: undefined,
    put: around(put),
    putIfAbsent: putIfAbsent && around(putIfAbsent),
    putIfSame: putIfSame && ((file, source, options) => putIfSame(file, source, headed(options))),
    largeFile: largeFile && inParts(largeFile)
  }
}
