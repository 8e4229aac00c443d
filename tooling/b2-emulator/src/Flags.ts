/** The command line of the emulator. */
import { parseArgs } from "node:util"
import type { EmulatorOptions } from "./Emulator.ts"
import { parseFaultRates } from "./Faults.ts"
import { parseDuration, parseSize } from "./Quantities.ts"

export const usage = `Usage: b2-emulator [flags]

A Backblaze B2 server (native API, versions 1 to 4) on 127.0.0.1. Once it listens it prints three lines
that a shell can eval; it stops at Ctrl-C.

  --port N                     port to listen on; 0 takes any free one (default 8333)
  --separate-ports             ports of their own for the API, uploads and downloads, as B2 has hosts of their own
  --s3                         an S3-compatible side at a port of its own, on the same buckets; its address is a line
                               more, S3_ENDPOINT, and keys are those of the native side
  --s3-port N                  the same at that port
  --s3-as-b2                   as B2's own: no conditions, no checksum headers, not for the master key
  --https FILE                 https, with a certificate made by openssl and written to FILE, which clients must trust;
                               a fourth line, NODE_EXTRA_CA_CERTS, names it
  --short-pages                pages of listings hold a row or two, or none, and still go on
  --abrupt-errors              error replies close the connection, and come before the body where they can
  --default-encryption         new buckets encrypt with SSE-B2: name and file info have 2,048 bytes instead of 7,000
  --rate-limit N               answer 429 to requests above N a second
  --store memory|DIR           keep files in memory, or below a directory that survives a restart (default memory)
  --fsync                      with a directory: reply only when data and metadata are on the disk
  --latency 40ms               wait before each reply
  --bandwidth 50M              bytes per second in each direction, all connections together
  --fault KIND=RATE[,...]      fail at random; KIND is 503, 429 (with Retry-After), 408, 500, reset, slow, flip,
                               truncate, expired, cap, lost, 502-html, 403-html, 400-html (a proxy's answer), or all
                               (every kind that passes: not cap, lost, 403-html, 400-html); RATE is 5% or 0.05.
                               reset breaks the connection in mid body, flip damages a byte, lost does the work
                               and drops the reply
  --seed N                     seed of the faults (default 1)
  --control                    switch on the address /emulator/..., which tests and benchmarks read and steer
  --recommended-part-size 5M   what authorize says (default 100000000)
  --minimum-part-size 5M       smallest part but the last of a large file (default 5000000)
  --key-id ID, --key SECRET    the master key (made up when absent)
  --help                       show this

Examples
  eval "$(b2-emulator --port 0 | head -3)"          (in a script: keep it running with & and a file)
  b2-emulator --store ./b2-data --latency 40ms
  b2-emulator --fault all=5% --seed 7 --control
  curl -s http://127.0.0.1:8333/emulator/counts
`

const defaultPort = 8333

const wholeNumber = (name: string, text: string, most: number): number => {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > most) throw new Error(`--${name} must be a whole number up to ${most}: ${text}`)
  return number
}

/** Null asks for the help text. Throws an Error whose message names the flag. */
export const parseFlags = (args: readonly string[]): EmulatorOptions | null => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: String(defaultPort) },
      "separate-ports": { type: "boolean", default: false },
      s3: { type: "boolean", default: false },
      "s3-port": { type: "string" },
      "s3-as-b2": { type: "boolean", default: false },
      https: { type: "string" },
      "short-pages": { type: "boolean", default: false },
      "abrupt-errors": { type: "boolean", default: false },
      "default-encryption": { type: "boolean", default: false },
      "rate-limit": { type: "string" },
      store: { type: "string", default: "memory" },
      fsync: { type: "boolean", default: false },
      latency: { type: "string" },
      bandwidth: { type: "string" },
      fault: { type: "string", multiple: true },
      seed: { type: "string" },
      control: { type: "boolean", default: false },
      "recommended-part-size": { type: "string" },
      "minimum-part-size": { type: "string" },
      "key-id": { type: "string" },
      key: { type: "string" },
      help: { type: "boolean", short: "h", default: false }
    }
  })
  if (values.help) return null
  const named = <A>(name: keyof typeof values, parse: (text: string) => A): A | undefined => {
    const text = values[name]
    if (typeof text !== "string") return undefined
    try {
      return parse(text)
    } catch (failure) {
      throw new Error(`--${name}: ${failure instanceof Error ? failure.message : failure}`)
    }
  }
  if (values.https === "") throw new Error("--https must name a file")
  if (values.store === "") throw new Error("--store must be memory or a directory")
  const recommended = named("recommended-part-size", parseSize)
  const minimum = named("minimum-part-size", parseSize)
  const rateLimit =
    values["rate-limit"] === undefined ? undefined : wholeNumber("rate-limit", values["rate-limit"], 1_000_000)
  if (rateLimit === 0) throw new Error("--rate-limit must be at least 1")
  const hasS3 = values.s3 || values["s3-port"] !== undefined || values["s3-as-b2"]
  const s3 = { port: wholeNumber("s3-port", values["s3-port"] ?? "0", 65_535), asB2: values["s3-as-b2"] }
  const faults = values.fault === undefined ? undefined : parseFaultRates(values.fault.join(","))
  return {
    port: wholeNumber("port", values.port, 65_535),
    fsync: values.fsync,
    latency: named("latency", parseDuration) ?? 0,
    bandwidth: named("bandwidth", parseSize) ?? 0,
    seed: values.seed === undefined ? 1 : wholeNumber("seed", values.seed, 4_294_967_295),
    control: values.control,
    separatePorts: values["separate-ports"],
    shortPages: values["short-pages"],
    abruptErrors: values["abrupt-errors"],
    defaultEncryption: values["default-encryption"],
    ...(hasS3 ? { s3 } : {}),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(values.https === undefined ? {} : { https: { certificateFile: values.https } }),
    ...(values.store === "memory" ? {} : { directory: values.store }),
    ...(faults === undefined ? {} : { faults }),
    ...(recommended === undefined ? {} : { recommendedPartSize: recommended }),
    ...(minimum === undefined ? {} : { minimumPartSize: minimum }),
    ...(values["key-id"] === undefined ? {} : { keyId: values["key-id"] }),
    ...(values.key === undefined ? {} : { key: values.key })
  }
}
