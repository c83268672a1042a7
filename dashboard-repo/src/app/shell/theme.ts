import { useCallback, useState } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

/** Also read by public/theme.js, before anything is painted. */
export const themeKey = 'enstratus.theme';

/** Dispatched on document when the theme was changed by hand, for what is painted and not styled. */
export const themeChanged = 'enstratus:theme';

/** The chosen theme, and how to choose one. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const set = document.documentElement.dataset['theme'];
    return set === 'light' || set === 'dark' ? set : 'system';
  });
  const choose = useCallback((chosen: Theme) => {
    if (chosen === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = chosen;
    try {
      if (chosen === 'system') localStorage.removeItem(themeKey);
      else localStorage.setItem(themeKey, chosen);
    } catch {
      // Storage is closed to this page: the choice holds until it is left.
    }
    setTheme(chosen);
    document.dispatchEvent(new Event(themeChanged));
  }, []);
  return [theme, choose];
}
