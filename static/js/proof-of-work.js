// Works out the answer beside the page while the person types, and holds the form back until it is there.
// If that fails, the form goes without it: the server then asks for patience instead.
const field = document.querySelector("[data-proof-of-work]");
const form = field.form;
let done = false;
let waiting = null; // the button that was pressed too early

function finish() {
  done = true;
  if (waiting === null) return;
  waiting.button?.removeAttribute("aria-busy");
  form.requestSubmit(waiting.button);
}

// Before other listeners: for them a form that is held back has not been sent.
document.addEventListener("submit", (event) => {
  if (event.target !== form || done) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { button: event.submitter };
  event.submitter?.setAttribute("aria-busy", "true");
}, true);

const worker = new Worker(field.dataset.worker, { type: "module" });
worker.addEventListener("message", ({ data }) => {
  field.value = `${field.value}.${data.join(".")}`;
  finish();
});
worker.addEventListener("error", finish);
worker.postMessage({
  mac: field.value.split(".").at(-1),
  puzzles: Number(field.dataset.puzzles),
  bits: Number(field.dataset.bits),
});
