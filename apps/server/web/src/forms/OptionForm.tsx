/** The one form of options: adding and changing storage are made of the same description, which the provider gives. */
import { Check, SecretField, Select, TextField } from "../ui/Field.tsx"
import styles from "./OptionForm.module.css"
import { labelOf, type Option, type Typed } from "./OptionValues.ts"

interface OptionFormProps {
  readonly options: ReadonlyArray<Option>
  readonly typed: Typed
  readonly onChange: (typed: Typed) => void
  /** By name of option. */
  readonly issues: Readonly<Record<string, string>>
  /** Of a storage that exists: a secret left empty stays what it is. */
  readonly keepsSecrets?: boolean
}

const hint = ({ defaultValue }: Option): string | undefined =>
  defaultValue === null || defaultValue === "" ? undefined : String(defaultValue)

interface OneProps {
  readonly option: Option
  readonly value: string | boolean | undefined
  readonly onChange: (value: string | boolean) => void
  readonly error: string | undefined
  readonly keepsSecrets: boolean
}

const One = ({ error, keepsSecrets, onChange, option, value }: OneProps) => {
  const label = labelOf(option.name)
  const text = typeof value === "string" ? value : ""
  const field = {
    label,
    ...(option.description === label ? {} : { help: option.description }),
    error,
    isOptional: !option.isRequired && option.kind !== "boolean",
    onChange
  }
  if (option.kind === "boolean") {
    const isOn = typeof value === "boolean" ? value : option.defaultValue === true
    return <Check label={label} help={option.description} isOn={isOn} onChange={onChange} />
  }
  if (option.kind === "secret") {
    return (
      <SecretField
        {...field}
        value={text}
        autoComplete="off"
        {...(keepsSecrets ? { placeholder: "Kept; type to replace it" } : {})}
      />
    )
  }
  if (option.choices !== null) {
    const none = option.isRequired
      ? []
      : [{ value: "", label: `Usual${hint(option) === undefined ? "" : `: ${hint(option)}`}` }]
    const choices = option.choices.map((choice) => ({ value: choice, label: choice }))
    return <Select {...field} value={text} options={[...none, ...choices]} />
  }
  return <TextField {...field} value={text} isMono placeholder={hint(option) ?? ""} />
}

export const OptionForm = ({ issues, keepsSecrets = false, onChange, options, typed }: OptionFormProps) => {
  const one = (option: Option) => (
    <One
      key={option.name}
      option={option}
      value={typed[option.name]}
      onChange={(value) => onChange({ ...typed, [option.name]: value })}
      error={issues[option.name]}
      keepsSecrets={keepsSecrets}
    />
  )
  const first = options.filter(({ isCommon, isRequired }) => isRequired && !isCommon)
  const rest = options.filter((option) => !first.includes(option))
  const hasIssue = rest.some(({ name }) => issues[name] !== undefined)
  return (
    <>
      {first.map(one)}
      {rest.length === 0 ? null : (
        <details className={styles.more} open={hasIssue || undefined}>
          <summary>More options ({rest.length})</summary>
          <div className={styles.rest}>{rest.map(one)}</div>
        </details>
      )}
    </>
  )
}
