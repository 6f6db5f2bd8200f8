// The appearance switch. The choice is a cookie, so that the server writes it into the page and nothing flashes.
const root = document.documentElement;
const buttons = document.querySelectorAll("[data-theme-switch] button");

function show(theme) {
  root.dataset.theme = theme;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === theme));
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    const age = button.value === "system" ? 0 : 365 * 24 * 3600;
    document.cookie = `latchkey_theme=${button.value}; path=/; max-age=${age}; samesite=lax`;
    show(button.value);
  });
}
show(root.dataset.theme || "system");
