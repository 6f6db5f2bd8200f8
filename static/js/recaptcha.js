// Asks reCAPTCHA for a token when the form is sent, and sends it then.
const field = document.querySelector("[data-recaptcha]");
const form = field.form;

document.addEventListener("submit", (event) => {
  if (event.target !== form || field.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  submitter?.setAttribute("aria-busy", "true");
  const send = (token) => {
    submitter?.removeAttribute("aria-busy");
    field.value = token || "none"; // not empty: the server says what was wrong, and nobody waits for ever
    form.requestSubmit(submitter);
  };
  const { grecaptcha } = globalThis;
  if (!grecaptcha?.enterprise) {
    send("");
    return;
  }
  grecaptcha.enterprise.ready(() => {
    grecaptcha.enterprise.execute(field.dataset.recaptcha, { action: "sign_in" }).then(send, () => send(""));
  });
}, true);

// A token is good once; the back button may show this page again as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) field.value = "";
});
