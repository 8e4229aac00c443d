/** What a bucket says about replication: from it to others, and from others to it. */
import { badRequest } from "./Errors.ts"
import {
  type Fields,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalObjects,
  optionalString,
  optionalStringMap,
  requiredString
} from "./Fields.ts"

export interface ReplicationRule {
  readonly destinationBucketId: string
  readonly fileNamePrefix: string
  readonly includeExistingFiles: boolean
  readonly isEnabled: boolean
  /** Of two rules that match a file, the one with the higher number is followed. */
  readonly priority: number
  readonly replicationRuleName: string
}

export interface Replication {
  readonly asReplicationDestination: { readonly sourceToDestinationKeyMapping: Readonly<Record<string, string>> } | null
  readonly asReplicationSource: {
    readonly replicationRules: readonly ReplicationRule[]
    readonly sourceApplicationKeyId: string
  } | null
}

const mostPriority = 2_147_483_647
const nameGrammar = /^[A-Za-z0-9_-]{1,64}$/
const bucketIdGrammar = /^[0-9a-f]{24}$/
const keyIdGrammar = /^[A-Za-z0-9_-]{1,100}$/

const checkKeyId = (id: string): string => {
  if (!keyIdGrammar.test(id)) throw badRequest(`Bad application key id: ${id}`)
  return id
}

const checkRule = (rule: Fields): ReplicationRule => {
  const replicationRuleName = requiredString(rule, "replicationRuleName")
  const destinationBucketId = requiredString(rule, "destinationBucketId")
  const priority = optionalInteger(rule, "priority") ?? 1
  if (!nameGrammar.test(replicationRuleName)) throw badRequest(`Bad replicationRuleName: ${replicationRuleName}`)
  if (!bucketIdGrammar.test(destinationBucketId)) throw badRequest(`Bad destinationBucketId: ${destinationBucketId}`)
  if (priority < 1 || priority > mostPriority) throw badRequest(`priority must be from 1 to ${mostPriority}`)
  return {
    destinationBucketId,
    fileNamePrefix: optionalString(rule, "fileNamePrefix") ?? "",
    includeExistingFiles: optionalBoolean(rule, "includeExistingFiles") ?? false,
    isEnabled: optionalBoolean(rule, "isEnabled") ?? true,
    priority,
    replicationRuleName
  }
}

const checkSource = (source: Fields): Replication["asReplicationSource"] => {
  const rules = (optionalObjects(source, "replicationRules") ?? []).map(checkRule)
  if (rules.length === 0) throw badRequest("asReplicationSource needs replicationRules")
  for (const field of ["replicationRuleName", "priority"] as const) {
    if (new Set(rules.map((rule) => rule[field])).size < rules.length) throw badRequest(`Repeated ${field}`)
  }
  const sourceApplicationKeyId = checkKeyId(requiredString(source, "sourceApplicationKeyId"))
  return { replicationRules: rules, sourceApplicationKeyId }
}

const checkDestination = (destination: Fields): Replication["asReplicationDestination"] => {
  const mapping = optionalStringMap(destination, "sourceToDestinationKeyMapping") ?? {}
  const pairs = Object.entries(mapping)
  if (pairs.length === 0) throw badRequest("asReplicationDestination needs sourceToDestinationKeyMapping")
  for (const pair of pairs) pair.forEach(checkKeyId)
  return { sourceToDestinationKeyMapping: mapping }
}

/** Null when neither half is set. Fails with 400 `bad_request`. */
export const checkReplication = (setting: Fields): Replication | null => {
  const source = optionalObject(setting, "asReplicationSource")
  const destination = optionalObject(setting, "asReplicationDestination")
  if (source === undefined && destination === undefined) return null
  return {
    asReplicationDestination: destination === undefined ? null : checkDestination(destination),
    asReplicationSource: source === undefined ? null : checkSource(source)
  }
}
