/** The part of the WebAssembly interface that is used in this package: the types of Node leave it to those of browsers. */
declare namespace WebAssembly {
  class RuntimeError extends Error {}
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Global {
    value: number;
  }
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: { customSections(module: Module, name: string): ArrayBuffer[] };
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(bytes: Uint8Array, imports: Imports): Promise<{ readonly instance: Instance }>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
}
