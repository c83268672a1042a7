import { expect, it } from 'vitest';
import { parsePreferences, usualPreferences } from './fleet-preferences.ts';

it('takes what was kept, and the usual for what can not be read', () => {
  expect(parsePreferences('{"hidden":["site"],"density":"compact"}')).toEqual({ hidden: ['site'], density: 'compact' });
  for (const broken of [null, '', '{', '{"hidden":["nothing"],"density":"compact"}', '[]'])
    expect(parsePreferences(broken)).toBe(usualPreferences);
});

it('never hides the name', () => {
  expect(parsePreferences('{"hidden":["name","site"],"density":"compact"}').hidden).toEqual(['site']);
});
