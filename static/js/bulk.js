// form[data-bulk]: the bar of actions is there while somebody is ticked, and says how many. Without a script it always is.
const form = document.querySelector("form[data-bulk]");

if (form) {
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = form.querySelector("[data-bulk-all]");
  const bar = form.querySelector("[data-bulk-bar]");
  const text = form.querySelector("[data-bulk-text]");

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
    bar.hidden = chosen === 0;
    text.textContent = chosen === 1 ? "1 person is chosen" : `${chosen} people are chosen`;
  };

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
