// The preview follows the form: every pause in editing posts it, and what comes back fills the frame.
const PAUSE = 250;
const DESKTOP = 820; // as in experience.css
const form = document.getElementById("experience-form");
const stage = document.querySelector("[data-preview-stage]");
const frame = stage.querySelector("iframe");
const wish = document.querySelector("[data-preview-wish]"); // page, state and language: no part of what is saved
let timer;
let running;
let theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

async function refresh() {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const body = new FormData(form);
    for (const [name, value] of new FormData(wish)) body.set(name, value);
    const answer = await fetch(form.dataset.preview, { method: "POST", body, signal });
    frame.srcdoc = answer.redirected ? "" : await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

function paint() {
  const page = frame.contentDocument?.documentElement;
  if (page) page.dataset.theme = theme;
}

function choice(selector, chosen, apply) {
  const buttons = [...document.querySelectorAll(`${selector} button`)];
  const set = (value) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === value));
    apply(value);
  };
  for (const button of buttons) button.addEventListener("click", () => set(button.value));
  set(chosen);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
form.addEventListener("reset", later);
wish.addEventListener("change", refresh);
frame.addEventListener("load", paint);
new ResizeObserver(() => stage.style.setProperty("--scale", stage.clientWidth / DESKTOP)).observe(stage);
choice("[data-preview-width]", matchMedia("(max-width: 40rem)").matches ? "mobile" : "desktop", (value) => (stage.dataset.width = value));
choice("[data-preview-theme]", document.documentElement.dataset.theme === "dark" ? "dark" : theme, (value) => {
  theme = value;
  paint();
});
if (form.dataset.unsaved === "dirty") refresh();
