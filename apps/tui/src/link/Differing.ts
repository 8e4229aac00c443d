/** Says when what is looked at is another than before, where nobody tells of it. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** A look costs a service three short answers. */
const between = Duration.seconds(5)

/** A look that fails says nothing: what is there is compared again once it can be seen. */
export const changes = (look: Effect.Effect<unknown, unknown>): Stream.Stream<void> =>
  Stream.suspend(() => {
    let before: string | undefined
    const looked = Effect.gen(function* () {
      const seen = JSON.stringify(yield* look)
      const isOther = seen !== before
      before = seen
      return isOther
    })
    const again = Effect.andThen(
      Effect.sleep(between),
      Effect.orElseSucceed(looked, () => false)
    )
    return Stream.concat(
      Stream.drain(Stream.fromEffect(Effect.ignore(looked))),
      Stream.fromEffectRepeat(again).pipe(
        Stream.filter((isOther) => isOther),
        Stream.map(() => undefined)
      )
    )
  })
