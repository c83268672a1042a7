import { describe, expect, it } from 'vitest';
import { edited } from './open-editor.ts';

describe('an editor', () => {
  it('is given the content, and what it saves is taken', () => {
    expect(edited({ solar_w: 1 }, { PATH: process.env['PATH'], VISUAL: "sed -i 's/1/42/'" })).toEqual({ solar_w: 42 });
  });

  it('that npm names for whoever has named none is not opened without a terminal', () => {
    expect(() => edited({ a: 1 }, { PATH: process.env['PATH'], EDITOR: 'vi' }, () => 'ignore')).toThrow('there is no terminal');
  });

  it.each([
    ['that is not named', undefined, /neither VISUAL nor EDITOR/],
    ['that fails', 'false', /ended with code 1/],
    ['that saves no JSON', "sed -i 's/{//'", /not JSON/],
  ])('%s is told', (_, EDITOR, reason) => {
    expect(() => edited({ a: 1 }, { PATH: process.env['PATH'], EDITOR })).toThrow(reason);
  });
});
