import { useState } from 'react';

const KEY = 'enstratus.console.theme';
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;
type Theme = keyof typeof NEXT;

/** Light, dark, or as the system has it; page/theme.js reads the choice before anything is painted. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(() => {
    const set = document.documentElement.dataset['theme'];
    return set === 'light' || set === 'dark' ? set : 'system';
  });
  const choose = () => {
    const next = NEXT[theme];
    if (next === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = next;
    try {
      if (next === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {
      // Storage is closed to this page: the choice holds until it is left.
    }
    setTheme(next);
  };
  return (
    <button type="button" className="rail__theme" onClick={choose}>
      Theme: {theme}
    </button>
  );
}
