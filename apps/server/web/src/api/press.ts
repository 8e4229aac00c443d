/** What happens when a button is pressed: a call, and what is said of it. */
import { useMutation } from "@tanstack/react-query"
import { useSay } from "../ui/Toasts.tsx"
import { messageOf } from "./call.ts"

interface Press<Answer> {
  readonly isBusy: boolean
  readonly press: () => void
  readonly answer: Answer | undefined
}

/** A failure is said where all are; `done` runs after success. */
export const usePress = <Answer>(act: () => Promise<Answer>, done?: (answer: Answer) => void): Press<Answer> => {
  const say = useSay()
  const { data, isPending, mutate } = useMutation({
    mutationFn: act,
    ...(done === undefined ? {} : { onSuccess: done }),
    onError: (error) => say({ text: messageOf(error), isFailure: true })
  })
  return { isBusy: isPending, press: () => mutate(), answer: data }
}
