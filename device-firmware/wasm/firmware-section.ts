/** What an artifact says about itself, as the suffix of a Particle module does. */
export interface FirmwareSection {
  readonly product_version: number;
}

const NAME = 'enstratus.firmware';

/** Adds what it says about itself to a WebAssembly module: a custom section ("WebAssembly Core Specification", "Custom Section"), which no engine minds. */
export function withFirmwareSection(wasm: Uint8Array, section: FirmwareSection): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(NAME);
  const content = encoder.encode(JSON.stringify(section));
  const body = [...unsignedLeb128(name.length), ...name, ...content];
  const made = new Uint8Array(wasm.length + 6 + body.length);
  const head = [0, ...unsignedLeb128(body.length)];
  made.set(wasm);
  made.set(head, wasm.length);
  made.set(body, wasm.length + head.length);
  return made.subarray(0, wasm.length + head.length + body.length);
}

/** What a module says about itself; undefined when it says nothing. Throws what WebAssembly throws for bytes that are no module. */
export async function firmwareSectionOf(wasm: Uint8Array): Promise<FirmwareSection | undefined> {
  return sectionOfModule(await WebAssembly.compile(wasm));
}

/** The same of a module that is compiled already. */
export function sectionOfModule(module: WebAssembly.Module): FirmwareSection | undefined {
  // One that was added later says what holds.
  const content = WebAssembly.Module.customSections(module, NAME).at(-1);
  if (content === undefined) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(content));
  const version = typeof value === 'object' && value !== null && 'product_version' in value ? value.product_version : undefined;
  if (typeof version !== 'number' || !Number.isInteger(version)) throw new Error(`The section ${NAME} has no product_version`);
  return { product_version: version };
}

function unsignedLeb128(value: number): number[] {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsignedLeb128(value >>> 7)] : [low];
}
