import { numberFields, type StatusDocument } from '@enstratus/contract';

/** A vector of any of the contract's files (PROTOCOL.md, "The vectors"), with what its file has. */
export interface Vector {
  readonly name: string;
  readonly text?: string;
  readonly canonical?: boolean;
  readonly published_at?: number;
  readonly reason?: string;
  readonly pack_minutes?: number;
  readonly second?: number;
  readonly documents?: readonly StatusDocument[];
  readonly packs?: readonly string[];
}

/** The C++ header with one table a list, by the names given: rows of `Vector` in test/vectors/vector.h. */
export function vectorsInCpp(lists: Readonly<Record<string, readonly Vector[]>>): string {
  const tables = Object.entries(lists).map(([table, vectors]) => {
    const parts = vectors.map((vector, index) => partsOf(vector, `${table}${index}`));
    return [...parts.map((part) => part.before), `static const Vector ${table}[] = {\n${parts.map((part) => part.row).join(',\n')}};`].join(
      '\n',
    );
  });
  return ['#pragma once', '#include "vector.h"', 'using enstratus::RunState;', ...tables, ''].join('\n');
}

function partsOf(vector: Vector, id: string): { before: string; row: string } {
  const { documents = [], packs = [], text = '' } = vector;
  const before = [
    documents.length === 0
      ? ''
      : `static const enstratus::StatusDocument ${id}Documents[] = {\n${documents.map((document) => documentIn(document)).join(',\n')}};`,
    packs.length === 0 ? '' : `static const Text ${id}Packs[] = {${packs.map((pack) => `{${textIn(pack)}}`).join(',\n')}};`,
  ];
  const row = [
    literal(vector.name),
    textIn(text),
    vector.canonical ?? false,
    vector.published_at ?? 0,
    literal(vector.reason ?? ''),
    vector.pack_minutes ?? 0,
    vector.second ?? 0,
    documents.length === 0 ? 'nullptr' : `${id}Documents`,
    documents.length,
    packs.length === 0 ? 'nullptr' : `${id}Packs`,
    packs.length,
  ];
  return { before: before.join('\n'), row: `{${row.join(', ')}}` };
}

function documentIn(document: StatusDocument): string {
  const steps = numberFields.map((field) => {
    const reading = document[field.name];
    return reading === null ? 'enstratus::kNoReading' : Math.round(reading / field.resolution);
  });
  return `{${document.boot_id}u, ${document.seq}u, ${document.time}u, {RunState::${document.run_state ?? 'none'}, {${steps.join(', ')}}}}`;
}

/** A text and its length in bytes. */
const textIn = (text: string): string => `${literal(text)}, ${Buffer.byteLength(text)}`;

/** A C++ string literal, byte by byte: octal escapes end after three digits, others would take in what follows. */
function literal(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w {}[\]:,.;=-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
