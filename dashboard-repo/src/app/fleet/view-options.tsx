import { columnWords, type FleetPreferences, isHidden } from './fleet-preferences.ts';
import { columns } from './fleet-view.ts';

/** Which columns the table has, and how close its rows stand. */
export function ViewOptions({
  preferences,
  onChange,
}: {
  preferences: FleetPreferences;
  onChange: (preferences: FleetPreferences) => void;
}) {
  return (
    <>
      <fieldset className="segments">
        <legend className="group__title">Rows</legend>
        {(['comfortable', 'compact'] as const).map((density) => (
          <label key={density} className="segments__one">
            <input
              type="radio"
              name="density"
              className="visually-hidden"
              checked={preferences.density === density}
              onChange={() => onChange({ ...preferences, density })}
            />
            <span>{density === 'compact' ? 'Compact' : 'Comfortable'}</span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend className="group__title">Columns</legend>
        {columns.map((column) => (
          <label key={column} className="choice">
            <input
              type="checkbox"
              checked={!isHidden(preferences, column)}
              disabled={column === 'name'}
              onChange={() =>
                onChange({
                  ...preferences,
                  hidden: isHidden(preferences, column)
                    ? preferences.hidden.filter((other) => other !== column)
                    : [...preferences.hidden, column],
                })
              }
            />
            {columnWords[column]}
          </label>
        ))}
      </fieldset>
    </>
  );
}
