// Runs before anything is painted, so that a chosen theme never flashes in the other one.
try {
  const theme = localStorage.getItem('enstratus.docs.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // Storage is closed to this page: the system's theme it is.
}
