/** The linear mode, from its first line to its last. */
export const run = async (_: { readonly program: readonly [string, ...ReadonlyArray<string>] }): Promise<number> => 2
