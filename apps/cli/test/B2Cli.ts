/** The command line with an emulator of B2, and keys that may do less than everything. */
import { type Emulator, type EmulatorOptions, startEmulator } from "@ourclone/b2-emulator/Emulator"
import { onTestFinished } from "vitest"
import { type Cli, makeCli } from "./Cli.ts"

/** A command line whose environment holds the key of a new emulator. */
export const withB2 = async (
  options: EmulatorOptions = {},
  key: { readonly keyId?: string; readonly key?: string } = {}
): Promise<{ readonly emulator: Emulator; readonly cli: Cli }> => {
  const emulator = await startEmulator({
    control: true,
    minimumPartSize: 100_000,
    recommendedPartSize: 100_000,
    ...options
  })
  onTestFinished(() => emulator.close())
  const environment = {
    B2_APPLICATION_KEY_ID: key.keyId ?? emulator.keyId,
    B2_APPLICATION_KEY: key.key ?? emulator.key,
    B2_ENDPOINT: emulator.endpoint
  }
  return { emulator, cli: makeCli({ environment }) }
}

/** A command line whose environment holds the key of the side of `emulator` that speaks S3. */
export const withS3 = (emulator: Emulator) =>
  makeCli({
    environment: {
      AWS_ACCESS_KEY_ID: emulator.keyId,
      AWS_SECRET_ACCESS_KEY: emulator.key,
      AWS_ENDPOINT_URL: emulator.s3Endpoint ?? ""
    }
  })

/** Makes a call of B2's API with the master key. */
export const post = async (emulator: Emulator, call: string, body: object): Promise<Record<string, unknown>> => {
  const basic = Buffer.from(`${emulator.keyId}:${emulator.key}`).toString("base64")
  const authorized = await fetch(`${emulator.endpoint}/b2api/v4/b2_authorize_account`, {
    headers: { authorization: `Basic ${basic}` }
  })
  const { authorizationToken } = (await authorized.json()) as { authorizationToken: string }
  const reply = await fetch(`${emulator.endpoint}/b2api/v4/${call}`, {
    method: "POST",
    headers: { authorization: authorizationToken },
    body: JSON.stringify({ accountId: emulator.accountId, ...body })
  })
  return (await reply.json()) as Record<string, unknown>
}

/** A command line whose key may do no more than `capabilities`, in one bucket and below `namePrefix` where they are given. */
export const withKey = async (
  emulator: Emulator,
  capabilities: ReadonlyArray<string>,
  limits: { readonly bucket?: string; readonly namePrefix?: string } = {},
  variables: { readonly [variable: string]: string } = {}
): Promise<Cli> => {
  const { buckets } = (await post(emulator, "b2_list_buckets", { bucketName: limits.bucket })) as {
    buckets: ReadonlyArray<{ bucketId: string }>
  }
  const made = await post(emulator, "b2_create_key", {
    keyName: "limited",
    capabilities,
    ...(limits.bucket === undefined ? {} : { bucketIds: buckets.map(({ bucketId }) => bucketId) }),
    ...(limits.namePrefix === undefined ? {} : { namePrefix: limits.namePrefix })
  })
  return makeCli({
    environment: {
      B2_APPLICATION_KEY_ID: String(made.applicationKeyId),
      B2_APPLICATION_KEY: String(made.applicationKey),
      B2_ENDPOINT: emulator.endpoint,
      ...variables
    }
  })
}
