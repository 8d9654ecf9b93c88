// Calls of the REST API, each with the proof that it comes from this page.

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const ROOT = document.documentElement.dataset.root; // the path of the public address
const TIMEOUT = 15000;
let mine = null;

export function chosenName() {
  return (localStorage.getItem("motherlode:name") || "").trim();
}

export async function me() {
  mine ??= await requestJson("GET", "/api/me");
  return mine;
}

export async function get(path) {
  return requestJson("GET", path);
}

export async function post(path, body) {
  return proven(() => requestJson("POST", path, body));
}

export async function remove(path) {
  return proven(() => requestJson("DELETE", path));
}

// A file may take minutes to be sent and worked on.
export async function upload(path, file) {
  return proven(async () => {
    const answer = await request("POST", path, file);
    try {
      return { content: await answer.blob(), note: answer.headers.get("X-Motherlode-Note") };
    } catch {
      throw new Error("The answer ended too early; the server says more.");
    }
  });
}

export async function uploadPicture(path, file) {
  return proven(async () => (await request("POST", path, file)).json());
}

async function proven(ask) {
  await me();
  try {
    return await ask();
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.status !== 403) throw problem;
    mine = null; // a server that was started again needs a new proof
    await me();
    return ask();
  }
}

export async function bytes(path) {
  const answer = await request("GET", path);
  return answer.arrayBuffer();
}

export async function text(path) {
  const answer = await request("GET", path);
  return answer.text();
}

async function requestJson(method, path, body) {
  const answer = await request(method, path, body);
  return answer.status === 204 ? null : answer.json();
}

async function request(method, path, body) {
  const headers = {};
  const name = chosenName();
  if (name) headers["X-Annotator"] = encodeURIComponent(name);
  const isFile = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
  if (method !== "GET" && mine) headers["X-CSRF-Token"] = mine.csrf;
  let answer;
  try {
    answer = await fetch(ROOT + path, {
      method,
      headers,
      body: isFile || body === undefined ? body : JSON.stringify(body),
      signal: isFile ? undefined : AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    throw new Error("The server can’t be reached.");
  }
  if (answer.ok) return answer;
  const detail = await readProblem(answer);
  if (answer.status >= 500 || answer.status === 429) throw new Error(detail);
  throw new Refused(answer.status, detail);
}

async function readProblem(answer) {
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
