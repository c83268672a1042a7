import { themeKey } from '../shell/theme.ts';

/** Deletes what this browser kept of a person; the theme belongs to the browser and stays. */
export function forgetPerson(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('enstratus.') && key !== themeKey) localStorage.removeItem(key);
    sessionStorage.clear();
  } catch {
    // Storage is closed to this page, so there is nothing in it.
  }
}
