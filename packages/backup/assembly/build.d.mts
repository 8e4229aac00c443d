/** The WebAssembly of `chunker.as`. */
export declare const compile: () => Promise<Buffer>
/** The text of `ChunkerModule.ts` for a compiled module. */
export declare const moduleText: (binary: Buffer) => string
