// A single-page client of this server, as small as one can be: authorization code with PKCE, tokens kept in this tab.
const root = document.querySelector("[data-demo]");
const { clientId, issuer } = root.dataset;
const redirectUri = location.origin + location.pathname;
const status = document.querySelector("[data-demo-status]");
const stored = (key) => JSON.parse(sessionStorage.getItem(`demo.${key}`) ?? "null");
const store = (key, value) => sessionStorage.setItem(`demo.${key}`, JSON.stringify(value));

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(48)));

async function metadata() {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return response.json();
}

async function signIn() {
  const [verifier, state] = [random(), random()];
  store("pending", { verifier, state });
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid offline_access profile email phone",
    prompt: "login consent",
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  location.assign(`${(await metadata()).authorization_endpoint}?${query}`);
}

async function requestTokens(parameters) {
  const response = await fetch((await metadata()).token_endpoint, {
    method: "POST",
    body: new URLSearchParams({ client_id: clientId, ...parameters }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  store("tokens", { ...stored("tokens"), ...answer });
}

async function finishSignIn(query) {
  const pending = stored("pending");
  sessionStorage.removeItem("demo.pending");
  history.replaceState(null, "", location.pathname);
  if (query.has("error")) throw new Error(query.get("error_description") ?? query.get("error"));
  if (!pending || pending.state !== query.get("state")) throw new Error("This answer belongs to another sign-in.");
  await requestTokens({
    grant_type: "authorization_code",
    code: query.get("code"),
    code_verifier: pending.verifier,
    redirect_uri: redirectUri,
  });
}

async function signOut() {
  const { end_session_endpoint, revocation_endpoint } = await metadata();
  const { refresh_token: token } = stored("tokens");
  sessionStorage.removeItem("demo.tokens");
  if (token) await fetch(revocation_endpoint, { method: "POST", body: new URLSearchParams({ client_id: clientId, token }) });
  const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: redirectUri });
  location.assign(`${end_session_endpoint}?${query}`);
}

function list(target, claims) {
  target.replaceChildren();
  for (const [name, value] of Object.entries(claims)) {
    const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    detail.textContent = typeof value === "string" ? value : JSON.stringify(value);
    target.append(term, detail);
  }
}

function claimsOf(idToken) {
  const payload = idToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (char) => char.codePointAt(0))));
}

async function show() {
  const tokens = stored("tokens");
  root.querySelector("[data-demo-signed-out]").hidden = Boolean(tokens);
  root.querySelector("[data-demo-signed-in]").hidden = !tokens;
  if (!tokens) return;
  status.textContent = "You are signed in. This is what an app receives:";
  list(root.querySelector("[data-demo-claims]"), claimsOf(tokens.id_token));
  const response = await fetch((await metadata()).userinfo_endpoint, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  if (!response.ok) throw new Error((await response.json()).message);
  list(root.querySelector("[data-demo-userinfo]"), await response.json());
}

function attempt(action) {
  return async () => {
    try {
      await action();
    } catch (error) {
      sessionStorage.removeItem("demo.tokens");
      await show();
      status.textContent = `That did not work: ${error.message}`;
    }
  };
}

root.querySelector("[data-demo-sign-in]").addEventListener("click", attempt(signIn));
root.querySelector("[data-demo-sign-out]").addEventListener("click", attempt(signOut));
root.querySelector("[data-demo-refresh]").addEventListener("click", attempt(async () => {
  await requestTokens({ grant_type: "refresh_token", refresh_token: stored("tokens").refresh_token });
  await show();
  status.textContent = "The tokens are fresh.";
}));

const query = new URLSearchParams(location.search);
await attempt(async () => {
  if (query.has("code") || query.has("error")) await finishSignIn(query);
  await show();
})();
