/** What is encrypted, and how, in the words of rclone's `crypt`. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const suffixRefusal = (suffix: string) =>
  suffix === "none" || /^\.[^/\0]{1,32}$/.test(suffix) ? undefined : 'must begin with a dot, such as ".bin", or be none'
const Suffix = Schema.String.pipe(Schema.check(Schema.makeFilter(suffixRefusal)))

export const CryptOptions = Schema.Struct({
  remote: Schema.NonEmptyString.annotate({
    description: "Where the encrypted files are, such as photos:bucket/secret"
  }),
  password: Schema.Redacted(Schema.NonEmptyString).annotate({
    description: "Password; without it nobody reads a file again"
  }),
  password2: Schema.optionalKey(
    Schema.Redacted(Schema.String).annotate({ description: "A second password, as the salt of the first" })
  ),
  filenameEncryption: Schema.Literals(["standard", "obfuscate", "off"])
    .annotate({
      description: "How names are hidden: standard encrypts them, obfuscate only changes them, off adds a suffix"
    })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed("standard" as const))),
  directoryNameEncryption: Schema.Boolean.annotate({ description: "Hide names of folders as those of files" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(true))
  ),
  filenameEncoding: Schema.Literals(["base32", "base64"])
    .annotate({
      description: "How encrypted names are written; base64 is shorter and needs a storage that tells case apart"
    })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed("base32" as const))),
  suffix: Suffix.annotate({
    description: "What is added to names of files where they are not hidden; none for nothing"
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(".bin")))
})
export type CryptOptions = typeof CryptOptions.Type
