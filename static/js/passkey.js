// A form with data-passkey asks the browser for a passkey ("get") or for a new one ("create") and sends the answer.
// data-options holds WebAuthn's options as JSON. With data-passkey-autofill, fields offer passkeys as well.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (credential) => ({ ...credential, id: bytes(credential.id) });

function read(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  options.allowCredentials = options.allowCredentials?.map(withBytes);
  options.excludeCredentials = options.excludeCredentials?.map(withBytes);
  return options;
}

function written({ id, rawId, type, response, authenticatorAttachment }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const values = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  const facts = { ...Object.fromEntries(values), transports: response.getTransports?.() };
  return JSON.stringify({ id, rawId: text(rawId), type, response: facts, authenticatorAttachment });
}

function send(form, credential) {
  form.elements.credential.value = written(credential);
  form.submit();
}

function explain(form, error) {
  const { cancelled, exists } = form.querySelector("[data-passkey-problem]").dataset;
  say(form, error.name === "InvalidStateError" ? exists : cancelled);
}

function say(form, sentence) {
  form.querySelector("[data-passkey-problem]").textContent = sentence;
}

let waiting = null; // the autofill that is under way: only one question may be open

async function autofill(form) {
  if (!(await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const { signal } = waiting;
  try {
    const credential = await navigator.credentials.get({ publicKey: read(form), mediation: "conditional", signal });
    send(form, credential);
  } catch (error) {
    if (!signal.aborted) explain(form, error);
  }
}

async function ask(form) {
  waiting?.abort();
  say(form, "");
  const button = form.querySelector("button");
  button?.setAttribute("aria-busy", "true");
  try {
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: read(form) });
    send(form, credential);
  } catch (error) {
    button?.removeAttribute("aria-busy");
    explain(form, error);
    if (form.hasAttribute("data-passkey-autofill")) autofill(form);
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (globalThis.PublicKeyCredential) ask(form);
    else say(form, form.querySelector("[data-passkey-problem]").dataset.unsupported);
  });
  if (form.hasAttribute("data-passkey-autofill")) autofill(form);
}
