// Light, dark, or as the system has it: a choice of this browser's, kept in it and in nothing else.
(() => {
  const MEDIA = { system: "screen and (prefers-color-scheme: dark)", light: "not all", dark: "screen" };
  const KEY = "theme";
  const kept = () => {
    try {
      const name = localStorage.getItem(KEY);
      return name in MEDIA ? name : "system";
    } catch {
      return "system"; // a browser that keeps nothing
    }
  };
  const show = (name) => {
    document.getElementById("dark").media = MEDIA[name];
    document.documentElement.style.colorScheme = name === "system" ? "" : name;
  };
  show(kept()); // before anything is painted
  document.addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = kept();
    choice.addEventListener("change", () => {
      show(choice.value);
      try {
        localStorage.setItem(KEY, choice.value);
      } catch {
        // it holds until the page is left
      }
    });
  });
})();
