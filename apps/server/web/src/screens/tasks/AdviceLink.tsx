/** A remedy as a button, where it leads somewhere. */
import { LinkButton } from "../../ui/Button.tsx"
import type { Advice } from "../../words/remedies.ts"

export const AdviceLink = ({ advice }: { readonly advice: Advice | undefined }) =>
  advice?.link === undefined ? null : (
    <LinkButton isDense {...advice.link.to}>
      {advice.link.label}
    </LinkButton>
  )
