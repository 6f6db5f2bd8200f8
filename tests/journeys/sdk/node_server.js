/* A traditional web app on @logto/node: sessions in memory, one cookie, four pages. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import LogtoClient from "@logto/node";

const { LOGTO_ENDPOINT: endpoint, LOGTO_APP_ID: appId, LOGTO_APP_SECRET: appSecret } = process.env;
const sessions = new Map();

const sessionOf = (request, response) => {
  const known = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const id = sessions.has(known) ? known : randomUUID();
  if (id !== known) {
    sessions.set(id, new Map());
    response.setHeader("Set-Cookie", `session=${id}; HttpOnly; SameSite=Lax; Path=/`);
  }
  return sessions.get(id);
};

const storageIn = (session) => ({
  getItem: async (key) => session.get(key) ?? null,
  setItem: async (key, value) => void session.set(key, value),
  removeItem: async (key) => void session.delete(key),
});

const server = createServer(async (request, response) => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const { pathname } = new URL(request.url, base);
  const redirect = (location) => response.writeHead(302, { Location: location }).end();
  const json = (body) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  const client = new LogtoClient(
    { endpoint, appId, appSecret },
    { navigate: redirect, storage: storageIn(sessionOf(request, response)) },
  );
  const pages = {
    "/sign-in": () => client.signIn(`${base}/sign-in-callback`),
    "/sign-in-callback": async () => {
      await client.handleSignInCallback(`${base}${request.url}`);
      redirect("/account");
    },
    "/account": async () => json(await client.getContext({ fetchUserInfo: true, getAccessToken: true })),
    "/sign-out": () => client.signOut(base),
    "/": () => json({ home: true }),
    "/favicon.ico": () => response.writeHead(204).end(),
  };
  try {
    await (pages[pathname] ?? (() => response.writeHead(404).end()))();
  } catch (error) {
    response.writeHead(500, { "Content-Type": "text/plain" }).end(String(error.stack));
  }
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
