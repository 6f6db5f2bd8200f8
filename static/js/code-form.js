// The six digits are sent when they are complete, and a new code can be asked for when the wait is over.
const input = document.querySelector("[data-code-form] input[name=code]");
const digits = () => input.value.replace(/\D/g, "");

input?.addEventListener("input", () => {
  if (digits().length === 6) input.form.requestSubmit();
});

const resend = document.querySelector("[data-resend-after]");
const note = document.querySelector("[data-resend-wait]");
const words = note?.textContent ?? ""; // "available in 59 s", in the language of the page
const ready = Date.now() + Number(resend?.dataset.resendAfter) * 1000;

function tick() {
  const seconds = Math.max(0, Math.ceil((ready - Date.now()) / 1000));
  resend.disabled = seconds > 0;
  if (note) note.textContent = seconds > 0 ? words.replace(/\d+/, seconds) : "";
  if (seconds > 0) setTimeout(tick, 250);
}

if (resend) tick();
