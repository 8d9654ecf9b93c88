// Calls of the REST API, with the proof that they come from this page.

export class Unreachable extends Error {}
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const PATIENCE = 15000;
let mine = null;

export function chosenName() {
  return (localStorage.getItem("motherlode:name") || "").trim();
}

export async function me() {
  mine ??= await once("GET", "/api/me");
  return mine;
}

export async function get(path) {
  return once("GET", path);
}

export async function post(path, body) {
  await me();
  try {
    return await once("POST", path, body);
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.status !== 403) throw problem;
    mine = null; // a server that was started anew wants a new proof
    await me();
    return once("POST", path, body);
  }
}

export async function bytes(path) {
  const answer = await fetched("GET", path);
  return answer.arrayBuffer();
}

export async function text(path) {
  const answer = await fetched("GET", path);
  return answer.text();
}

async function once(method, path, body) {
  const answer = await fetched(method, path, body);
  return answer.status === 204 ? null : answer.json();
}

async function fetched(method, path, body) {
  const headers = {};
  const name = chosenName();
  if (name) headers["X-Annotator"] = encodeURIComponent(name);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && mine) headers["X-CSRF-Token"] = mine.csrf;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (problem) {
    throw new Unreachable(problem.message);
  }
  if (answer.ok) return answer;
  const detail = await said(answer);
  if (answer.status >= 500 || answer.status === 429) throw new Unreachable(detail);
  throw new Refused(answer.status, detail);
}

async function said(answer) {
  try {
    return String((await answer.json()).detail);
  } catch {
    return `The server answered ${answer.status}.`;
  }
}

export function randomKey() {
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(parts, (part) => part.toString(36)).join("-");
}
