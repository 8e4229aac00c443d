/** Shows a place of a storage as a folder of this machine, until it is unmounted. */
import { randomBytes } from "node:crypto"
import * as path from "node:path"
import type { Environment } from "@ourclone/core/machine/StandardPaths"
import type { FileSystem } from "@ourclone/mount/contract/FileSystem"
import type { MountError } from "@ourclone/mount/contract/MountError"
import * as FuseDoor from "@ourclone/mount/fuse/FuseDoor"
import * as LibraryDoor from "@ourclone/mount/fuse/library/LibraryDoor"
import type * as ServedMount from "@ourclone/mount/ServedMount"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { InvalidJob } from "../kind/JobError.ts"
import type { Beside, JobKind } from "../kind/JobKind.ts"
import { ThisMachine } from "../kind/Surroundings.ts"
import * as Listening from "../run/Listening.ts"
import * as FreePoint from "./FreePoint.ts"
import { mounting, Summary, webdavSecret } from "./MountFields.ts"
import * as MountRun from "./MountRun.ts"
import * as SystemDoor from "./SystemDoor.ts"

interface Fault {
  readonly operation: string
  readonly error: unknown
}

export const Request = Schema.Struct(mounting)
export type Request = typeof Request.Type

/** Where nothing else was asked for, macOS and Windows mount by WebDAV, which needs no driver. */
const isBySystem = ({ door }: Pick<Request, "door">): boolean => door === undefined && SystemDoor.isOf(process.platform)

const opener = (request: Request, { secrets }: Beside, environment: Environment, onFault: (fault: Fault) => void) => {
  const { allowNonEmpty: allowsNonEmpty, allowOther: allowsOthers, attributes: keepsAttributes, door, point } = request
  const fuse = door === "library" ? LibraryDoor : FuseDoor
  return (fileSystem: FileSystem): Effect.Effect<ServedMount.Door, MountError, Scope.Scope> =>
    isBySystem(request)
      ? SystemDoor.open(fileSystem, {
          environment,
          point,
          allowsNonEmpty,
          platform: process.platform,
          password: secrets.get(webdavSecret) ?? Redacted.make(randomBytes(12).toString("base64url")),
          onFault
        })
      : fuse.open(fileSystem, { point, allowsOthers, allowsNonEmpty, keepsAttributes, onFault })
}

const run = Effect.fnUntraced(function* (request: Request, beside: Beside) {
  const { point } = request
  const { environment = {} } = yield* ThisMachine
  const open = opener(request, beside, environment, Listening.onFault(beside.tell))
  return yield* MountRun.run(request, beside.tell, {
    kind: isBySystem(request) ? "webdav" : "fuse",
    point,
    open: ({ fileSystem }) => Effect.map(open(fileSystem), (door) => ({ ...door, point }))
  })
})

/** On Windows a letter is a place too. */
const isPlace = (point: string): boolean => path.isAbsolute(point) || /^[a-z]:$/i.test(point)

export const kind: JobKind<"mount", Request, typeof Summary.Type> = {
  type: "mount",
  request: Request,
  summary: Summary,
  needs: (request) => (isBySystem(request) ? [webdavSecret] : []),
  refuse: (request) =>
    isPlace(request.point)
      ? undefined
      : new InvalidJob({ message: `"${request.point}" is no absolute path`, field: "point" }),
  foresee: (request) => (isBySystem(request) ? Effect.undefined : FreePoint.refused(request, request.path)),
  run
}
