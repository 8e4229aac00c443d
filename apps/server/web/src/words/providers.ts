/** What a person should know of a provider before and after they add it. */
export interface ProviderWords {
  readonly name: string
  /** Where in the provider's console the key is found. */
  readonly steps: ReadonlyArray<string>
  readonly page?: string
  /** Of the service, where it can not be asked; as it documents them. */
  readonly limits: ReadonlyArray<readonly [name: string, value: string]>
}

const known: Readonly<Record<string, ProviderWords>> = {
  b2: {
    name: "Backblaze B2",
    steps: [
      "Sign in to the Backblaze console and open Application Keys.",
      "Add a new application key; one that may use a single bucket is safer than one for all.",
      "Copy keyID and applicationKey at once: the console shows the key only this time."
    ],
    page: "https://secure.backblaze.com/app_keys.htm",
    limits: [
      ["Longest name", "1,024 bytes of UTF-8"],
      ["Account quota", "none unless you set caps; a task that meets a cap waits and says so"]
    ]
  },
  local: {
    name: "This computer",
    steps: ["Nothing is needed: folders of this machine are there already."],
    limits: []
  },
  s3: {
    name: "S3 and what speaks like it",
    steps: [
      "Make an access key in the console of the service.",
      "Note the region and, where it is not AWS, the endpoint."
    ],
    limits: [["Longest name", "1,024 bytes of UTF-8"]]
  },
  sftp: {
    name: "SFTP",
    steps: ["You need the address, a user and a password or key of a machine that takes SSH."],
    limits: [["Largest file", "what the file system of the server takes"]]
  },
  webdav: {
    name: "WebDAV",
    steps: ["You need the address of the folder, a user and a password; in Nextcloud make an app password."],
    limits: [["Largest file", "what the server takes; often set by its administrator"]]
  }
}

/** A provider that nobody wrote words for is shown as it describes itself. */
export const wordsOf = (type: string, description?: string): ProviderWords =>
  Object.hasOwn(known, type) ? known[type]! : { name: description ?? type, steps: [], limits: [] }
