/** The look a person chose for this browser or app; `system` follows the system. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'scopegate.theme';

export function readTheme(): Theme {
  try {
    const stored = window.localStorage.getItem(key);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    // storage can be switched off; the page then follows the system
    return 'system';
  }
}

/** Applies it at once; false: it could not be kept for the next time. */
export function setTheme(theme: Theme): boolean {
  applyTheme(theme);
  try {
    if (theme === 'system') window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, theme);
    return true;
  } catch {
    return false;
  }
}

/** Puts the chosen look on this window, and follows a choice made in another one. */
export function followTheme(): void {
  applyTheme(readTheme());
  window.addEventListener('storage', (event) => {
    if (event.key === key) applyTheme(readTheme());
  });
}

function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
