/** Names in a bucket as entries; `MarkedDirectories.ts` says what an empty directory is. */
import type { Provider } from "@ourclone/core/contract/Provider"
import * as MarkedDirectories from "@ourclone/core/layers/MarkedDirectories"
import { inPathOrder } from "@ourclone/core/layers/PathOrder"
import * as Stream from "effect/Stream"
import type { S3Root } from "./S3Root.ts"
import { fileOf, type ObjectRow, rowsOf } from "./S3Rows.ts"

export const list =
  (root: S3Root): Provider["list"] =>
  (path, options = {}) =>
    Stream.suspend(() => {
      const prefix = path === "" ? root.prefix : `${root.nameOf(path)}/`
      const delimiter = options.depth === 1 ? "/" : undefined
      return inPathOrder((begin) => rowsOf(root, path, { prefix: begin, delimiter }, options), prefix).pipe(
        Stream.mapAccumArray(
          () =>
            MarkedDirectories.makeReader<ObjectRow>({
              service: "S3",
              prefix: root.prefix,
              listed: prefix.slice(root.prefix.length),
              fileOf: fileOf(root)
            }),
          (reader, rows) => [reader, reader.page(rows)],
          { onHalt: (reader) => reader.end() }
        )
      )
    })
