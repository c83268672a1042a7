import { startSearch } from './search.ts';
import { startThemeButton } from './theme-button.ts';

startThemeButton();
startSearch();
for (const menu of document.querySelectorAll<HTMLDetailsElement>('details.menu')) {
  const wide = matchMedia('(min-width: 900px)');
  const follow = () => {
    menu.open = wide.matches;
  };
  wide.addEventListener('change', follow);
  follow();
}
