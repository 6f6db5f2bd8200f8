/* A single page app on @logto/browser. The test page tells it where its server is. */
import LogtoClient from "@logto/browser";

const config = JSON.parse(document.querySelector("#config").textContent);
const callback = `${location.origin}/callback`;
const client = new LogtoClient(config);
const show = (value) => {
  document.querySelector("output").textContent = JSON.stringify(value);
};

document.querySelector("#sign-in").addEventListener("click", () => client.signIn(callback));
document.querySelector("#sign-out").addEventListener("click", () => client.signOut(location.origin));

if (location.pathname === "/callback") {
  await client.handleSignInCallback(location.href);
  history.replaceState(null, "", "/");
}
if (await client.isAuthenticated()) {
  const [claims, userinfo] = [await client.getIdTokenClaims(), await client.fetchUserInfo()];
  show({ claims, userinfo, accessToken: await client.getAccessToken() });
} else {
  show(null);
}
