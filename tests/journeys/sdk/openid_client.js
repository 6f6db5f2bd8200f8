/* The generic client `openid-client`: does what one line of JSON on standard input says, and answers with one line. */
import { createInterface } from "node:readline";
import { createPrivateKey } from "node:crypto";
import * as client from "openid-client";

let config;
let checks;

const tokens = (answer) => ({ ...answer, claims: answer.claims?.() });
const authentication = {
  none: () => client.None(),
  client_secret_basic: ({ secret }) => client.ClientSecretBasic(secret),
  client_secret_post: ({ secret }) => client.ClientSecretPost(secret),
  client_secret_jwt: ({ secret }) => client.ClientSecretJwt(secret),
  private_key_jwt: async ({ jwk, alg }) => {
    const pem = createPrivateKey({ key: jwk, format: "jwk" }).export({ type: "pkcs8", format: "der" });
    const kind = alg === "RS256" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", namedCurve: "P-384" };
    return client.PrivateKeyJwt(await crypto.subtle.importKey("pkcs8", pem, kind, false, ["sign"]));
  },
};

const actions = {
  async discover({ issuer, clientId, metadata, method, ...proof }) {
    const options = { execute: [client.allowInsecureRequests] };
    config = await client.discovery(new URL(issuer), clientId, metadata, await authentication[method](proof), options);
    client.enableNonRepudiationChecks(config); // signatures of ID tokens are checked although they come over a direct line
    return config.serverMetadata();
  },
  async authorizationUrl({ pushed, ...parameters }) {
    checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const all = {
      ...parameters,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: "S256",
      state: checks.expectedState,
      nonce: checks.expectedNonce,
    };
    return pushed ? await client.buildAuthorizationUrlWithPAR(config, all) : client.buildAuthorizationUrl(config, all);
  },
  callback: async ({ url }) => tokens(await client.authorizationCodeGrant(config, new URL(url), checks)),
  refresh: async ({ token, ...parameters }) => tokens(await client.refreshTokenGrant(config, token, parameters)),
  userinfo: ({ token, subject }) => client.fetchUserInfo(config, token, subject),
  introspect: ({ token }) => client.tokenIntrospection(config, token),
  revoke: async ({ token }) => (await client.tokenRevocation(config, token)) ?? null,
  clientCredentials: (parameters) => client.clientCredentialsGrant(config, parameters),
  endSessionUrl: (parameters) => client.buildEndSessionUrl(config, parameters),
  device: (parameters) => client.initiateDeviceAuthorization(config, parameters),
  pollDevice: async ({ device }) => tokens(await client.pollDeviceAuthorizationGrant(config, device)),
  grant: async ({ type, ...parameters }) => tokens(await client.genericGrantRequest(config, type, parameters)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { action, ...parameters } = JSON.parse(line);
  let answer;
  try {
    answer = { value: await actions[action](parameters) };
  } catch (error) {
    const { name, message, code, status, error: oauth, error_description: description } = error;
    answer = { error: { name, message, code, status, error: oauth, description, cause: String(error.cause ?? "") } };
  }
  console.log(JSON.stringify(answer));
}
