// The command palette: Ctrl or Cmd and K, or the search button. The focus stays in the field; the arrows move the choice.
const palette = document.getElementById("palette");
const input = palette.querySelector("input");
const options = () => [...palette.querySelectorAll("a[role=option]")];
const current = () => palette.querySelector("a[aria-selected=true]");

function open() {
  palette.showModal();
  input.select();
  htmx.trigger(input, "palette:open");
}

function choose(option) {
  current()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (palette.open) palette.close();
  else if (!document.querySelector("dialog[open]")) open();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette-open]")) return;
  event.preventDefault();
  open();
});

input.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.indexOf(current());
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: input.value ? undefined : 0, PageDown: all.length - 1, PageUp: 0 }[event.key];
  if (to !== undefined && all.length) {
    event.preventDefault();
    choose(all.at(to % all.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    current()?.click();
  }
});

palette.addEventListener("htmx:afterSwap", () => choose(options()[0]));
