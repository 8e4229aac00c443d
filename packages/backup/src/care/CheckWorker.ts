/** The thread that verifies packs. `CheckData.ts` starts it. */
import type { BlobTable } from "../format/BlobTable.ts"
import { type Keys, makeBox } from "../format/Crypto.ts"
import { makeOpenBlob } from "../format/openBlob.ts"
import { verifyPack } from "../format/verifyPack.ts"
import { serve } from "../threads/ServingThread.ts"

export interface CheckRequest {
  readonly id: string
  /** The whole pack. */
  readonly bytes: Uint8Array
  readonly indexed: BlobTable | undefined
}

serve((keys: Keys) => {
  const box = makeBox(keys)
  const openBlob = makeOpenBlob(box)
  return ({ bytes, id, indexed }: CheckRequest) => verifyPack(box, openBlob, id, bytes, indexed)
})
