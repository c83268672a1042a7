import { type Theme, themes, useTheme } from './theme.ts';

const words: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Light, dark, or as the system is. */
export function ThemeChoice() {
  const [theme, choose] = useTheme();
  return (
    <fieldset className="segments">
      <legend className="group__title">Appearance</legend>
      {themes.map((each) => (
        <label key={each} className="segments__one">
          <input type="radio" name="theme" className="visually-hidden" checked={theme === each} onChange={() => choose(each)} />
          <span>{words[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}
