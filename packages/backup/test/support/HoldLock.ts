/** A process that holds a lock until it is ended: `node HoldLock.ts <folder>`. Says "held" when it does. */
import * as Effect from "effect/Effect"
import { withLock } from "../../src/repository/RepositoryLock.ts"
import * as TestRepository from "./TestRepository.ts"

const [, , root = ""] = process.argv
const held = Effect.andThen(
  Effect.sync(() => console.log("held")),
  Effect.sleep("1 minute")
)
void Effect.runPromise(
  Effect.flatMap(TestRepository.openFolder(root), (repository) => withLock(repository, { exclusive: true }, held))
)
