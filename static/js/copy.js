// The status may bring its own words in data-copied and data-refused.
// [data-copy="text"] copies the text; [data-copy-code] copies the code of its figure.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.closest("figure")?.querySelector("pre");
  const status = button.querySelector("[data-copy-status]");
  const text = button.hasAttribute("data-copy-code") ? code.textContent : button.dataset.copy;
  const words = (status.dataset.words ??= status.textContent);
  status.setAttribute("aria-live", "polite");
  try {
    await navigator.clipboard.writeText(text);
    button.classList.add("is-copied");
    status.textContent = status.dataset.copied ?? "Copied";
  } catch {
    status.textContent = status.dataset.refused ?? "Copying is not allowed here";
  }
  setTimeout(() => {
    button.classList.remove("is-copied");
    status.textContent = words;
  }, 1800);
});
