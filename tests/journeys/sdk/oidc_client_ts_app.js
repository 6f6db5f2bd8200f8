/* A single page app on oidc-client-ts. The test page tells it where its server is; the test calls `window.app`. */
import { UserManager } from "oidc-client-ts";

const { authority, clientId } = JSON.parse(document.querySelector("#config").textContent);
const manager = new UserManager({
  authority,
  client_id: clientId,
  redirect_uri: `${location.origin}/callback`,
  silent_redirect_uri: `${location.origin}/silent`,
  popup_redirect_uri: `${location.origin}/popup`,
  post_logout_redirect_uri: `${location.origin}/signed-out`,
  scope: "openid profile offline_access",
  loadUserInfo: true,
  automaticSilentRenew: false,
  silentRequestTimeoutInSeconds: 10,
});
const told = (user) => user && { ...user, state: user.state, expired: user.expired };
const attempt = async (action) => {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: { name: error.name, message: error.message, error: error.error } };
  }
};

window.app = {
  signIn: (options) => manager.signinRedirect(options),
  signInByPopup: () => attempt(async () => told(await manager.signinPopup())),
  refresh: () => attempt(async () => told(await manager.signinSilent())),
  signInSilently: () =>
    attempt(async () => {
      await manager.removeUser(); // without a user there is no refresh token: the frame is the only way
      return told(await manager.signinSilent());
    }),
  signOut: (options) => manager.signoutRedirect(options),
  user: async () => told(await manager.getUser()),
};

const callbacks = {
  "/callback": async () => told(await manager.signinRedirectCallback()),
  "/silent": () => manager.signinSilentCallback(),
  "/popup": () => manager.signinPopupCallback(),
  "/signed-out": async () => (await manager.signoutRedirectCallback()).userState,
};
const answer = callbacks[location.pathname] ? await attempt(callbacks[location.pathname]) : { value: null };
document.querySelector("output").textContent = JSON.stringify(answer);
