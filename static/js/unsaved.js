// form[data-unsaved]: its save bar, if it has one, shows only while something differs from what was loaded; leaving asks first.
// data-unsaved="dirty" says that the server sent the form back with entries that are not saved; a field with
// data-unsaved-ignore is never saved.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const bar = form.querySelector("[data-save-bar]");
  const refused = form.dataset.unsaved === "dirty";
  const state = () => {
    const data = new FormData(form);
    for (const field of form.querySelectorAll("[data-unsaved-ignore]")) data.delete(field.name);
    return new URLSearchParams(data).toString();
  };
  const saved = state();
  let leaving = false;
  const isDirty = () => refused || state() !== saved;

  const update = () => {
    if (!bar) return; // nothing was saved before, or somebody may only look
    bar.hidden = !isDirty();
    bar.querySelector("[data-save-bar-text]").textContent = "Unsaved changes";
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("reset", () => {
    if (refused) {
      leaving = true;
      location.assign(location.href);
    } else setTimeout(update);
  });
  form.addEventListener("submit", () => (leaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isDirty()) event.preventDefault();
  });
  update();
}

document.querySelector(".notice[data-autofocus]")?.focus();
