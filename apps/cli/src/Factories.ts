/** The providers this program knows, listed by hand. */
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { factory as b2 } from "@ourclone/provider-b2/B2Factory"
import { factory as crypt } from "@ourclone/provider-crypt/CryptFactory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"
import { factory as s3 } from "@ourclone/provider-s3/S3Factory"
import { factory as sftp } from "@ourclone/provider-sftp/SftpFactory"
import { factory as webdav } from "@ourclone/provider-webdav/WebdavFactory"
import * as Effect from "effect/Effect"
import * as StopSignals from "./process/StopSignals.ts"

/** A file system of this machine that does not answer holds the main thread, which then hears of no signal. */
const guarded: ProviderFactory = {
  ...local,
  connect: (...given) => Effect.andThen(Effect.sync(StopSignals.heed), local.connect(...given))
}

export const factories: ReadonlyArray<ProviderFactory> = [guarded, b2, s3, sftp, webdav, crypt]
