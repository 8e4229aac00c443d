/** `npm run b2-emulator -- [flags]`. */
import * as path from "node:path"
import { type EmulatorOptions, startEmulator } from "./Emulator.ts"
import { parseFlags, usage } from "./Flags.ts"

const exitUsage = 2

const readFlags = (): EmulatorOptions | null => {
  try {
    return parseFlags(process.argv.slice(2))
  } catch (failure) {
    process.stderr.write(`b2-emulator: ${failure instanceof Error ? failure.message : failure}\n`)
    process.stderr.write("Run it with --help to see the flags.\n")
    process.exit(exitUsage)
  }
}

const options = readFlags()
if (options === null) process.stdout.write(usage)
else {
  try {
    const emulator = await startEmulator(options)
    process.stdout.write(`export B2_APPLICATION_KEY_ID=${emulator.keyId}\n`)
    process.stdout.write(`export B2_APPLICATION_KEY=${emulator.key}\n`)
    process.stdout.write(`export B2_ENDPOINT=${emulator.endpoint}\n`)
    if (emulator.s3Endpoint !== undefined) process.stdout.write(`export S3_ENDPOINT=${emulator.s3Endpoint}\n`)
    if (options.https?.certificateFile !== undefined) {
      process.stdout.write(`export NODE_EXTRA_CA_CERTS=${path.resolve(options.https.certificateFile)}\n`)
    }
    const stop = () => {
      emulator.close().then(() => process.exit(0))
    }
    process.once("SIGINT", stop)
    process.once("SIGTERM", stop)
  } catch (failure) {
    process.stderr.write(`b2-emulator: ${failure instanceof Error ? failure.message : failure}\n`)
    process.exitCode = 1
  }
}
