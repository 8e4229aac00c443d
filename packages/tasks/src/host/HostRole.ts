/** Whoever has the role of this name starts runners; `TaskStore.holder` says whether somebody does. */
export const role = "host"
