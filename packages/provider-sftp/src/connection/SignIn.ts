/** The ways in which a user can be signed in, in the order in which they are tried. */
import * as fs from "node:fs"
import { InvalidRequest } from "@ourclone/core/contract/StorageError"
import * as Redacted from "effect/Redacted"
import type { AnyAuthMethod } from "ssh2"
import { type SftpOptions, userOf } from "./SftpOptions.ts"
import { fileOf, sshFile } from "./SshFolder.ts"

/** As OpenSSH looks for them. */
const usualKeys = ["id_ed25519", "id_ecdsa", "id_rsa"]

const textOf = (secret: Redacted.Redacted<string> | undefined): string | undefined =>
  secret === undefined ? undefined : Redacted.value(secret)

const read = (file: string): Buffer => {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    throw new InvalidRequest({ message: `the private key can not be read: ${(error as Error).message}` })
  }
}

/** Those of this user that can be used as they are: one that is encrypted is the agent's business. */
const found = (): ReadonlyArray<Buffer> =>
  usualKeys.flatMap((name) => {
    try {
      const key = fs.readFileSync(sshFile(name))
      return key.includes("ENCRYPTED") ? [] : [key]
    } catch {
      return []
    }
  })

/** Throws `InvalidRequest` where the file of a private key can not be read. */
export const methods = (options: SftpOptions): Array<AnyAuthMethod> => {
  const username = userOf(options)
  const password = textOf(options.password)
  const passphrase = textOf(options.keyPassphrase)
  const isNamed = options.keyFile !== undefined || password !== undefined
  const keys = options.keyFile === undefined ? (isNamed ? [] : found()) : [read(fileOf(options.keyFile))]
  const agent = options.agent !== undefined && options.keyFile === undefined ? options.agent : undefined
  return [
    ...keys.map(
      (key): AnyAuthMethod => ({
        type: "publickey",
        username,
        key,
        ...(passphrase === undefined ? {} : { passphrase })
      })
    ),
    ...(agent === undefined ? [] : [{ type: "agent", username, agent } satisfies AnyAuthMethod]),
    ...(password === undefined
      ? []
      : [
          { type: "password", username, password } satisfies AnyAuthMethod,
          // Servers that ask by dialog ask for the password alone.
          {
            type: "keyboard-interactive",
            username,
            prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password))
          } satisfies AnyAuthMethod
        ])
  ]
}
