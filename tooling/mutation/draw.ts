import { parse } from "../structure/ParsedFile.ts"
import { seededRandom } from "../trials/seededRandom.ts"
import { type Mutant, textWith } from "./Mutant.ts"

const isValid = (mutant: Mutant): boolean => "program" in parse({ path: mutant.file.path, text: textWith(mutant) })

/** `count` of `mutants` that can be parsed, all different, the same for the same seed; fewer when there are not as many. */
export const draw = (mutants: ReadonlyArray<Mutant>, count: number, seed: number): ReadonlyArray<Mutant> => {
  const random = seededRandom(seed)
  const left = [...mutants]
  const drawn: Array<Mutant> = []
  while (drawn.length < count && left.length > 0) {
    const [mutant] = left.splice(Math.floor(random() * left.length), 1)
    if (mutant !== undefined && isValid(mutant)) drawn.push(mutant)
  }
  return drawn
}
