// Where the browser can read a text message that is bound to this page (WebOTP), it fills in the code after asking the person.
const input = document.querySelector("[data-code-form] input[name=code]");

if (input && "OTPCredential" in globalThis) {
  const over = new AbortController();
  input.form.addEventListener("submit", () => over.abort());
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal: over.signal }).then(
    (credential) => {
      input.value = credential.code;
      input.dispatchEvent(new Event("input", { bubbles: true })); // code-form.js sends it when it is complete
    },
    () => {}, // the person said no, typed it, or it never came
  );
}
