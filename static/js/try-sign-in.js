// Plays an application (OpenID Connect code flow with PKCE) and shows each request and answer. What a run needs to remember
// while the browser is away is in this tab's sessionStorage, and forgotten when it is back; tokens are on the page only.
const root = document.querySelector("[data-try]");
const KEY = "latchkey-try";

const MEANINGS = {
  client_id: "Which application asks.",
  redirect_uri: "Where the answer goes. It must be registered.",
  response_type: "code: the browser carries a code, never a token.",
  scope: "What the application wants to know or do. openid makes it OpenID Connect; offline_access wants a refresh token.",
  state: "A random value that comes back unchanged, so that nobody can slip in an answer to a question of their own.",
  nonce: "A random value that must be in the ID token, so that no older token can be played again.",
  code_challenge: "The SHA-256 of a secret (the verifier) that only this page has (PKCE, RFC 7636).",
  code_challenge_method: "How the challenge was made from the verifier.",
  prompt: "What the person must be asked, whatever this server knows already.",
  code: "Works once, for a minute, and only for this application and redirect URI.",
  iss: "Who answers, or who issued the token.",
  error: "What went wrong, for machines.",
  error_description: "What went wrong, for people.",
  grant_type: "What is traded in for tokens.",
  code_verifier: "The secret behind the challenge: proves that the one who asked is the one who takes the answer.",
  client_secret: "Proves who the application is. In your app it is on the server, and never reaches a browser.",
  access_token: "Opens the userinfo endpoint, or the API that it was asked for.",
  id_token: "The signed statement of who signed in.",
  refresh_token: "Traded for new tokens when the access token has expired.",
  expires_in: "Seconds until the access token expires.",
  token_type: "Bearer: whoever has the token can use it.",
  sub: "The person's ID. It never changes; use it as the key.",
  aud: "Whom the token is made out to.",
  exp: "When it expires, in seconds since 1970.",
  iat: "When it was issued.",
  at_hash: "Ties the ID token to the access token that came with it.",
  auth_time: "When the person last proved who they are.",
  amr: "How they did (RFC 8176).",
  acr: "How strong that was.",
  sid: "The sign-in session, for back-channel logout.",
  alg: "How the token is signed.",
  kid: "With which key; the public half is in the JWKS.",
  typ: "What kind of token it is.",
};

if (root) {
  root.querySelector("[data-try-start]").addEventListener("submit", start);
  const answer = new URLSearchParams(location.search);
  if (answer.has("state") || answer.has("error")) finish(answer);
}

async function start(event) {
  event.preventDefault();
  const wanted = new FormData(event.target);
  const verifier = random(48);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const request = {
    client_id: root.dataset.client,
    redirect_uri: root.dataset.redirect,
    response_type: "code",
    scope: wanted.get("scope").trim(),
    state: random(18),
    nonce: random(18),
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
    ...(wanted.get("prompt") && { prompt: wanted.get("prompt") }),
  };
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, request }));
  location.assign(`${root.dataset.authorization}?${new URLSearchParams(request)}`);
}

async function finish(answer) {
  const run = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  history.replaceState(null, "", location.pathname); // the code does not stay in the address
  if (!run || answer.get("state") !== run.request.state) {
    const why = "The state is not the one that this tab sent, so an app must not use the answer. A reload does that, too: start again.";
    step("The answer does not belong here", why);
    return;
  }
  const asked = step("1. The authorization request", "The app sends the browser to this server with:");
  table(asked, run.request);
  code(asked, "Address", `${root.dataset.authorization}?${new URLSearchParams(run.request)}`);

  const came = step("2. The callback", "The person has signed in, or not. This server sent the browser back here with:");
  table(came, Object.fromEntries(answer));
  if (!answer.has("code")) return;

  const body = { grant_type: "authorization_code", code: answer.get("code"), redirect_uri: run.request.redirect_uri,
    client_id: run.request.client_id, code_verifier: run.verifier }; // prettier-ignore
  if (root.dataset.secret) askBeforeTheSecret(run, body);
  else await exchange(run, body);
}

// A secret is made, which is in the activity log, so it is not done unasked.
function askBeforeTheSecret(run, body) {
  const parts = step("3. The token request", "The app proves who it is with its secret. The console does not know that one any more, so your browser asks for another that is worth nothing after ten minutes; that it was made is in the activity log.");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button--primary", textContent: "Continue with a secret for this try" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    const secret = await trialSecret();
    parts.closest("section").remove();
    await exchange(run, { ...body, client_secret: secret });
  });
  parts.append(button);
}

async function trialSecret() {
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(root.dataset.secret, { method: "POST", headers: { "X-CSRFToken": token } });
  return answer.text();
}

async function exchange(run, body) {
  const asked = step("3. The token request", `Away from the browser, the app's server sends POST ${root.dataset.token} with:`);
  table(asked, { ...body, ...(body.client_secret && { client_secret: "••••••••" }) });
  const answer = await fetch(root.dataset.token, { method: "POST", body: new URLSearchParams(body), credentials: "omit" });
  const tokens = await answer.json();
  const got = step("4. The token response", `Status ${answer.status}. An app keeps these where only it can read them.`);
  table(got, tokens);
  if (!answer.ok) return;
  if (tokens.id_token) showIdToken(run, tokens.id_token);
  showAccessToken(tokens.access_token);
  await showUserinfo(tokens.access_token);
}

function showIdToken(run, token) {
  const { header, claims } = decoded(token);
  const parts = step("5. The ID token, decoded", "The library checks the signature with this server's public keys; what else it must check is here:");
  const now = Date.now() / 1000;
  table(parts, {
    "iss is this server": verdict(claims.iss === root.dataset.issuer),
    "aud is this application": verdict([claims.aud].flat().includes(run.request.client_id)),
    "nonce is the one sent": verdict(claims.nonce === run.request.nonce),
    "exp is in the future": verdict(claims.exp > now),
  });
  table(parts, header);
  table(parts, claims);
}

function showAccessToken(token) {
  const parts = step("6. The access token", token.split(".").length === 3 ? "A JWT, made out to an API:" : "Opaque: only this server knows what it stands for. Asked for an API (resource), it would be a JWT.");
  if (token.split(".").length === 3) table(parts, decoded(token).claims);
}

async function showUserinfo(token) {
  const answer = await fetch(root.dataset.userinfo, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
  const parts = step("7. Userinfo", `GET ${root.dataset.userinfo} with the access token answers ${answer.status}: what is known about the person now.`);
  code(parts, "JSON", JSON.stringify(await answer.json(), null, 2));
}

// --- drawing: text only, never markup

function step(title, text) {
  const section = document.querySelector("#try-step").content.cloneNode(true).firstElementChild;
  section.querySelector("h2").textContent = title;
  section.querySelector("p").textContent = text;
  root.querySelector("[data-try-steps]").append(section);
  return section.querySelector("[data-parts]");
}

function table(parts, values) {
  const wrap = element("div", "table-wrap");
  wrap.tabIndex = 0;
  const body = element("tbody");
  for (const [name, value] of Object.entries(values)) {
    const row = element("tr");
    const head = element("th", "mono", name);
    head.scope = "row";
    const cell = element("td");
    cell.append(element("span", "mono try-value", typeof value === "object" ? JSON.stringify(value) : String(value)));
    if (MEANINGS[name]) cell.append(element("small", "muted try-meaning", MEANINGS[name]));
    row.append(head, cell);
    body.append(row);
  }
  const made = element("table", "table table--stack");
  made.append(body);
  wrap.append(made);
  parts.append(wrap);
}

function code(parts, label, text) {
  const figure = document.querySelector("#try-code").content.cloneNode(true).firstElementChild;
  figure.querySelector("figcaption span").textContent = label;
  figure.querySelector("pre").setAttribute("aria-label", label);
  figure.querySelector("code").textContent = text;
  parts.append(figure);
}

function element(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

const verdict = (holds) => (holds ? "yes" : "NO: an app must refuse this token");

function decoded(token) {
  const [header, claims] = token.split(".").slice(0, 2).map((part) => {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0))));
  });
  return { header, claims };
}

function random(bytes) {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
