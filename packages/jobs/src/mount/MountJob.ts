/** Shows a place of a storage as a folder of this machine, until it is unmounted. */
import * as path from "node:path"
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as LibraryDoor from "@ourclone/mount/fuse/library/LibraryDoor"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { mounting, Summary } from "./MountFields.ts"
import * as MountRun from "./MountRun.ts"

export const Request = Schema.Struct(mounting)
export type Request = typeof Request.Type

/** The kernel's own protocol is Linux's. */
const opener = (door: Request["door"]) =>
  (door ?? (process.platform === "linux" ? "kernel" : "library")) === "library" ? LibraryDoor : FuseDoor

const run = (request: Request, { tell }: Beside) =>
  MountRun.run(request, tell, {
    kind: "fuse",
    point: request.point,
    open: ({ fileSystem }) =>
      Effect.map(
        opener(request.door).open(fileSystem, {
          point: request.point,
          allowsOthers: request.allowOther,
          keepsAttributes: request.attributes,
          onFault: ({ error, operation }) =>
            tell.fact({
              _tag: "Note",
              code: "mountFault",
              message: `${operation} failed: ${error instanceof Error ? error.message : String(error)}. This is a mistake in ourclone`
            })
        }),
        (door) => ({ ...door, point: request.point })
      )
  })

export const kind: JobKind<"mount", Request, typeof Summary.Type> = {
  type: "mount",
  request: Request,
  summary: Summary,
  needs: () => [],
  refuse: (request) =>
    path.isAbsolute(request.point)
      ? undefined
      : new InvalidJob({ message: `"${request.point}" is no absolute path`, field: "point" }),
  run
}
