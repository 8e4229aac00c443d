/** An S3 for tests: the emulator's S3 side in this process, and providers that talk to it. */
import { type EmulatorOptions, startEmulator } from "@ourclone/b2-emulator/Emulator"
import type { S3Options as DoorOptions } from "@ourclone/b2-emulator/s3/S3Door"
import { S3Options } from "@ourclone/provider-s3/S3Options"
import * as S3Provider from "@ourclone/provider-s3/S3Provider"
import { Effect, Redacted, Schema } from "effect"

export const emulate = (s3: DoorOptions = {}, options: EmulatorOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const emulator = await startEmulator({ control: true, s3, ...options })
      return { ...emulator, endpoint: emulator.s3Endpoint ?? "", nativeEndpoint: emulator.endpoint }
    }),
    (emulator) => Effect.promise(() => emulator.close())
  )

export interface At {
  readonly endpoint: string
  readonly keyId: string
  readonly key: string
}

export const usual = Schema.decodeUnknownSync(S3Options)({})

export type Given = Partial<S3Provider.ConnectOptions & S3Provider.PlaceOptions>

export const openAt = ({ endpoint, key, keyId }: At, location: string, options: Given = {}) =>
  S3Provider.open({
    ...usual,
    endpoint,
    accessKeyId: keyId,
    secretAccessKey: Redacted.make(key),
    conditionalWrites: true,
    maxConcurrency: 16,
    name: `s3:${location}`,
    location,
    ...options
  })
