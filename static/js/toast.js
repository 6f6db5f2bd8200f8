// Messages leave after a while (errors stay), unless somebody is reading them.
for (const toast of document.querySelectorAll("[data-toasts] .toast")) {
  toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
  if (toast.classList.contains("toast--error")) continue;
  let timer;
  const seconds = toast.querySelector("form") ? 20 : 6; // something can be done in it
  const start = () => (timer = setTimeout(() => toast.remove(), seconds * 1000));
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("focusout", start);
  start();
}
