// Runs before the first paint, so that a remembered theme never flashes.
// The key and the values are those of Django admin: one choice for both.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
})();
