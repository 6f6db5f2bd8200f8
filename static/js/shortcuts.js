// Single keys outside of fields: `/` to the list's search, `?` for help, `g` and a letter to a page of the rail. They can be
// turned off (WCAG 2.1.4), which this browser remembers.
const KEY = "latchkey_shortcuts";
const help = document.getElementById("shortcuts");
const toggle = help.querySelector("[data-shortcuts-switch]");
const places = document.querySelectorAll("#rail [data-go]");
let going = 0;

const isOn = () => localStorage.getItem(KEY) !== "off";
toggle.checked = isOn();
toggle.addEventListener("change", () => localStorage.setItem(KEY, toggle.checked ? "on" : "off"));

function isElsewhere(event) {
  const busy = event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
  return busy || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
}

const actions = {
  "?": () => help.showModal(),
  "/": () => document.querySelector("main input[type=search]")?.focus(),
  g: () => (going = Date.now()),
};

document.addEventListener("keydown", (event) => {
  if (!isOn() || isElsewhere(event)) return;
  const key = event.key.toLowerCase();
  if (Date.now() - going < 1500) {
    going = 0;
    [...places].find((place) => place.dataset.go === key)?.click();
  } else if (actions[key]) {
    event.preventDefault();
    actions[key]();
  }
});
