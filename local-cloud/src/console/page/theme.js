// Before anything is painted: the theme that was chosen last.
try {
  const theme = localStorage.getItem('enstratus.console.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this page: the system's theme holds.
}
