// On narrow screens the rail is a drawer: opened by a button, closed by Escape, its own button or a click outside.
const rail = document.getElementById("rail");
const opener = document.querySelector("[data-drawer-open]");
const rest = document.querySelector(".console__main");

function set(open) {
  document.body.classList.toggle("drawer-open", open);
  opener.setAttribute("aria-expanded", String(open));
  rest.inert = open;
  for (const [name, value] of Object.entries({ role: "dialog", "aria-modal": "true", "aria-label": "Menu" })) {
    if (open) rail.setAttribute(name, value);
    else rail.removeAttribute(name);
  }
  if (open) rail.querySelector("[data-drawer-close]").focus();
  else opener.focus({ preventScroll: true });
}

if (rail && opener) {
  const isOpen = () => document.body.classList.contains("drawer-open");
  opener.addEventListener("click", () => set(true));
  rail.querySelector("[data-drawer-close]").addEventListener("click", () => set(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) set(false);
  });
  document.addEventListener("click", (event) => {
    if (isOpen() && !rail.contains(event.target) && !opener.contains(event.target)) set(false);
  });
  matchMedia("(min-width: 60.01rem)").addEventListener("change", () => isOpen() && set(false));
}
