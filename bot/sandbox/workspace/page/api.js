// The only place that knows the sandbox's addresses. Everything is JSON; a refusal is an Error with the sandbox's own words.

async function call(path, options) {
  const response = await fetch(path, { cache: "no-store", ...options });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `The sandbox answered ${response.status}`, response.status, answer);
  return answer;
}

const get = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return call(given.length ? `${path}?${new URLSearchParams(given)}` : path);
};

const post = (path, body) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export class Refused extends Error {
  constructor(message, status, answer) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

export const state = () => get("sandbox/state");
export const messages = (user, channel, after) => get("sandbox/messages", { user, channel, after });
export const views = (user) => get("sandbox/views", { user });
export const slash = (user, channel, text) => post("sandbox/slash", { user, channel, text });
export const say = (user, channel, text, threadTs) => post("sandbox/say", { user, channel, text, thread_ts: threadTs });
export const click = (request) => post("sandbox/click", request);
export const options = (request) => post("sandbox/options", request);
export const shortcut = (user, ts, callback) => post("sandbox/shortcut", { user, message_ts: ts, callback_id: callback });
export const submit = (user, viewId, values) => post("sandbox/submit", { user, view_id: viewId, values });
export const close = (user, viewId) => post("sandbox/close", { user, view_id: viewId });
export const openHome = (user) => post("sandbox/home", { user });
export const cluster = () => get("sandbox/cluster");
export const curl = (namespace, service) => get("sandbox/curl", { namespace, service });
export const stream = (user) => new EventSource(`sandbox/stream?${new URLSearchParams({ user })}`);
