// A link or button with data-dialog-open="#id" opens that <dialog>; without a script the link leads to a page.
// A dialog with data-dialog-loads opens when htmx has put something into it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    event.preventDefault();
    const menu = opener.closest("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus(); // where the focus goes back to: the opener is not to be seen any more
    }
    document.querySelector(opener.dataset.dialogOpen)?.showModal();
  }
  if (event.target.closest("[data-dialog-close]")) {
    event.preventDefault();
    event.target.closest("dialog")?.close();
  }
  if (event.target instanceof HTMLDialogElement && isBackdrop(event)) event.target.close();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.closest("dialog[data-dialog-loads]");
  if (dialog && !dialog.open) dialog.showModal();
  dialog?.querySelector("[data-autofocus], [autofocus]")?.focus();
});

function isBackdrop(event) {
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return event.detail > 0 && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}
