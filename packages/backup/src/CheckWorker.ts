/** The thread that verifies packs. `CheckData.ts` starts it. */
import type { BlobTable } from "./BlobTable.ts"
import { type Keys, makeBox } from "./Crypto.ts"
import { makeOpenBlob } from "./openBlob.ts"
import { serve } from "./ServingThread.ts"
import { verifyPack } from "./verifyPack.ts"

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
