// What the bindings are, and what the core exports. docs/abi.md specifies the exports.
interface Env {
  ISTHMUS?: KVNamespace;
  VAULT?: DurableObjectNamespace;
  LEDGER?: DurableObjectNamespace;
  METER?: DurableObjectNamespace;
  BOARD?: DurableObjectNamespace;
  SEAL_KEY?: string;
  SEAL_KEY_PREVIOUS?: string;
  [name: string]: unknown;
}

interface CoreExports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  abi_version(): number;
  open(req: number, size: number): number;
  start(req: number): void;
  input(req: number, size: number): number;
  resume(req: number, op: number, status: number, size: number): void;
  cancel(req: number): number;
  live(): number;
  max_body(): number;
  memory_size(): number;
}

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

// The part of the platform's node:zlib that body.js uses.
declare module 'node:zlib' {
  type Decode = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  export const gunzipSync: Decode;
  export const inflateSync: Decode;
  export const brotliDecompressSync: Decode;
  export const zstdDecompressSync: Decode;
}
