// Set the chosen colours and size before the page is shown. It is no module, so that it blocks.
(() => {
  try {
    const root = document.documentElement;
    const theme = localStorage.getItem("motherlode:theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const size = Number(localStorage.getItem("motherlode:size"));
    if (size >= 80 && size <= 180) root.style.fontSize = `${size}%`;
  } catch {
    // Without storage the browser's own settings apply.
  }
})();
