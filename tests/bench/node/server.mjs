// npm oidc-provider with the clients of the benchmark, in memory or on PostgreSQL (DATABASE_URL). One person: ada.
// What is not set is the package's default. Its password is hashed with Node's scrypt, for Node 20 has no Argon2id.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import Provider from 'oidc-provider';
import { exportJWK, generateKeyPair } from 'jose';
import { postgresql } from './postgresql.mjs';

const { PORT, DATABASE_URL, CALLBACK, API, SECRET, PASSWORD } = process.env;
const derive = promisify(scrypt);
const salt = randomBytes(16);
const stored = await derive(PASSWORD, salt, 32);
const ada = { sub: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', email_verified: true };

const { privateKey } = await generateKeyPair('ES384', { extractable: true });
const key = { ...(await exportJWK(privateKey)), alg: 'ES384', use: 'sig' };
const flow = { redirect_uris: [CALLBACK], response_types: ['code'], grant_types: ['authorization_code', 'refresh_token'] };
const machine = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };

const provider = new Provider(`http://localhost:${PORT}`, {
  adapter: DATABASE_URL ? await postgresql(DATABASE_URL) : undefined,
  clients: [
    { client_id: 'web', client_secret: SECRET, ...flow },
    { client_id: 'native', token_endpoint_auth_method: 'none', ...flow },
    { client_id: 'machine', client_secret: SECRET, ...machine },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES384' },
  enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ada }),
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  // Applications of the house: nobody is asked for consent, as in the other servers of the benchmark.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: '', accessTokenTTL: 3600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES384' } } }),
    },
  },
});

const page = '<!doctype html><title>Sign in</title><form method="post"><input name="identifier"><input type="password" name="password"></form>';

async function form(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = page;
    return undefined;
  }
  const given = await form(ctx.req);
  const right = given.get('identifier') === 'ada' && timingSafeEqual(await derive(given.get('password'), salt, 32), stored);
  if (!right) ctx.throw(401);
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: 'ada' } }));
  return undefined;
});

provider.listen(Number(PORT), '127.0.0.1');
