/** Whether a storage can be reached, and what its key may do. */
import { useMutation } from "@tanstack/react-query"
import type { RemoteTest } from "../../../../src/api/storage/StorageGroup.ts"
import { messageOf, poke } from "../../api/call.ts"
import { useMay } from "../../shell/may.ts"
import { Button } from "../../ui/Button.tsx"
import { Notice } from "../../ui/Notice.tsx"
import { visible } from "../../ui/Path.tsx"
import { StateBadge } from "../../ui/StateBadge.tsx"
import { exactly } from "../../words/moments.ts"
import { adviceOf } from "../../words/remedies.ts"
import { AdviceLink } from "../tasks/AdviceLink.tsx"
import styles from "./StorageTest.module.css"

export const TestResult = ({ test }: { readonly test: RemoteTest }) => {
  if (test.isOk) {
    return (
      <Notice tone="done" title="It works">
        <ul className={styles.says}>
          {test.says.map((sentence) => (
            <li key={sentence}>{visible(sentence)}</li>
          ))}
          {test.buckets === null || test.buckets.length === 0 ? null : (
            <li>Buckets: {test.buckets.map(visible).join(", ")}</li>
          )}
        </ul>
      </Notice>
    )
  }
  const advice = adviceOf(test.failure?.code ?? "", test.remedy ?? test.failure?.remedy)
  const isKey = test.failure?.code === "Unauthenticated"
  return (
    <Notice
      tone="failed"
      isUrgent
      title={isKey ? "The storage refused the key" : "It does not work"}
      actions={isKey ? null : <AdviceLink advice={advice} />}
    >
      <p>{visible(test.failure?.message ?? test.says.join(". "))}</p>
      {advice === undefined ? null : (
        <p>{isKey ? "Look whether key ID and key were copied whole, and belong together." : advice.text}</p>
      )}
    </Notice>
  )
}

export const useTest = (name: string) =>
  useMutation({
    mutationKey: ["test", name],
    mutationFn: () => poke<RemoteTest>(`/storage/remotes/${encodeURIComponent(name)}/test`)
  })

/** In a card: a button, and in its place what came of it. */
export const TestButton = ({ name }: { readonly name: string }) => {
  const mayNot = useMay("run")
  const { data, error, isPending, mutate, submittedAt } = useTest(name)
  return (
    <p className={styles.row} aria-live="polite">
      <Button isDense not={mayNot} isBusy={isPending} icon="check" onPress={() => mutate()}>
        {isPending ? "Testing" : "Test"}
        <span className="sr-only"> {name}</span>
      </Button>
      {error === null ? null : (
        <StateBadge tone="failed" icon="alert">
          {messageOf(error)}
        </StateBadge>
      )}
      {data === undefined ? null : (
        <span title={exactly(submittedAt)}>
          <StateBadge tone={data.isOk ? "done" : "failed"} icon={data.isOk ? "check" : "cross"}>
            {data.isOk ? "works" : data.failure?.code === "Unauthenticated" ? "refused the key" : "does not work"}
          </StateBadge>
        </span>
      )}
    </p>
  )
}
