/** The providers this program knows, listed by hand. */
import type { ProviderFactory } from "@ourclone/core/contract/ProviderFactory"
import { factory as b2 } from "@ourclone/provider-b2/B2Factory"
import { factory as local } from "@ourclone/provider-local/LocalProvider"

export const factories: ReadonlyArray<ProviderFactory> = [local, b2]
