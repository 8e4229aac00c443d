/**
 * Where requests about a bucket go. The library knows: by endpoint, region and how the bucket is written, and what a kind
 * of bucket wants to be signed for.
 */
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3"

export interface Address {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number | undefined
  /** Of the bucket, with the `/` that its names begin after. */
  readonly path: string
  /** What is signed for. */
  readonly region: string
  readonly service: string
}

export const hostOf = ({ hostname, port }: Pick<Address, "hostname" | "port">): string =>
  port === undefined ? hostname : `${hostname}:${port}`

interface Asked {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
}

interface Context {
  readonly endpointV2?: {
    readonly properties?: {
      readonly authSchemes?: ReadonlyArray<{ readonly signingName?: string; readonly signingRegion?: string }>
    }
  }
}

const name = "x"

/** Of the bucket, as the library would ask for something in it. Nothing is sent. */
export const addressOf = async (client: S3Client, bucket: string): Promise<Address> => {
  const command = new GetObjectCommand({ Bucket: bucket, Key: name })
  let found: Omit<Address, "region"> | undefined
  let signingRegion: string | undefined
  command.middlewareStack.add(
    (_, context) => async (args) => {
      const { hostname, path, port, protocol } = args.request as Asked
      const [scheme] = (context as Context).endpointV2?.properties?.authSchemes ?? []
      signingRegion = scheme?.signingRegion
      const service = scheme?.signingName ?? "s3"
      found = { protocol, hostname, port, path: path.slice(0, -name.length), service }
      return { response: {}, output: { $metadata: {} } }
    },
    { step: "build", priority: "high", name: "notSent" }
  )
  await client.send(command)
  if (found === undefined) throw new Error("the library told no address")
  return { ...found, region: signingRegion ?? (await client.config.region()) }
}

/** More than anybody has places open of. */
const mostAddresses = 1000

/** `addressOf`, found once for a bucket in a region. */
export const addresses = (client: S3Client): ((bucket: string, region: string) => Promise<Address>) => {
  const known = new Map<string, Promise<Address>>()
  return (bucket, region) => {
    const at = `${region} ${bucket}`
    const found = known.get(at)
    if (found !== undefined) return found
    if (known.size >= mostAddresses) known.clear()
    const asked = addressOf(client, bucket)
    known.set(at, asked)
    asked.catch(() => known.delete(at))
    return asked
  }
}
