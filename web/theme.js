// Theme: the stored choice, else the system's. Loaded in <head> so that no page flashes; ?theme= is for screenshots.
(() => {
  const KEY = "quarterdeck.theme";
  const root = document.documentElement;
  const light = matchMedia("(prefers-color-scheme: light)");
  const known = (word) => (word === "dark" || word === "light" ? word : null);
  const asked = known(new URLSearchParams(location.search).get("theme"));
  const stored = () => {
    try { return known(localStorage.getItem(KEY)); } catch { return null; }
  };
  const apply = (once) => {
    const choice = stored();
    root.dataset.themeChoice = choice ?? "system";
    root.dataset.theme = once ?? choice ?? (light.matches ? "light" : "dark");
    dispatchEvent(new Event("quarterdeck:theme"));
  };
  addEventListener("quarterdeck:choose-theme", (event) => {
    try {
      if (known(event.detail)) localStorage.setItem(KEY, event.detail);
      else localStorage.removeItem(KEY);
      apply();
    } catch {
      apply(known(event.detail));
    }
  });
  light.addEventListener("change", () => apply());
  addEventListener("storage", (event) => { if (event.key === KEY) apply(); });
  apply(asked);
})();
