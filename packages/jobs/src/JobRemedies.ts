/** What jobs say could be done, by code. */
export type JobRemedies = {
  /** Supply the secret of that name. */
  readonly giveSecret: { readonly secret: string }
}
