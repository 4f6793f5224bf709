// What the bindings are, and what the core exports. docs/abi.md specifies the exports.
interface Env {
  ISTHMUS?: KVNamespace;
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
  cancel(req: number): void;
  live(): number;
  max_body(): number;
  memory_size(): number;
}

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
