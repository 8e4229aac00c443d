/** The bytes of one file; of what a symbolic link points to. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { BytesKind } from "../kind/JobKind.ts"
import { bwlimit } from "../kind/RequestFields.ts"
import * as Bwlimit from "../place/Bwlimit.ts"
import * as FileOrFolder from "../place/FileOrFolder.ts"
import { moment, oneVersion } from "../place/StateFields.ts"
import { file } from "./StorageFields.ts"

export const Request = Schema.Struct({ ...file, ...moment, ...oneVersion, bwlimit })
export type Request = typeof Request.Type

export const kind: BytesKind<"cat", Request> = {
  type: "cat",
  request: Request,
  needs: () => [],
  run: ({ at, bwlimit, path, versionId }, { limits, tell }) => {
    const looking = { flags: { copyLinks: true }, at, versionId }
    const refused = Bwlimit.refusal(bwlimit)
    if (refused !== undefined) return Stream.fail(refused)
    return Stream.unwrap(
      Effect.gen(function* () {
        const { file, provider } = yield* FileOrFolder.findOnlyFile(path, tell, looking)
        return (yield* Bwlimit.around(provider, bwlimit, limits)).read(file)
      })
    )
  }
}
