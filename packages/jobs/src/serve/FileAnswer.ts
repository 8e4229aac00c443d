/** The answer to GET and HEAD of a file of a storage. */
import type { File } from "@ourclone/core/contract/Entry"
import type { Provider } from "@ourclone/core/contract/Provider"
import * as Http from "@ourclone/mount/http/FileAnswer"
import * as Stream from "effect/Stream"
import { bodyOf } from "./Pieces.ts"
import type { PlaceAsked } from "./ServeRun.ts"

/** Changes with every change of the content that the storage can tell. */
const etagOf = ({ identity, modifiedAt, nanoseconds, size, versionId }: File): string =>
  `"${Buffer.from([versionId, identity, size, modifiedAt, nanoseconds].join("/")).toString("base64url")}"`

export const fileAnswer = (
  provider: Provider,
  file: File,
  asked: PlaceAsked,
  headers: Readonly<Record<string, string>>,
  etag = etagOf(file)
): Promise<Response> =>
  Http.fileAnswer(asked, {
    etag,
    modifiedAt: file.modifiedAt,
    size: file.isSizeUnsure === true ? undefined : file.size,
    headers,
    open: (part) => {
      const bytes =
        part === undefined
          ? provider.read(file)
          : provider.read(file, { offset: part.start, length: part.end - part.start })
      return bodyOf(Stream.toAsyncIterableWith(bytes, asked.context), asked)
    }
  })
