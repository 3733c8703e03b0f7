// Uses Slack's Web API client for Node as its documentation says, against the workspace that the environment names.
// Every promise of the documentation that is relied on is asserted here; what people see of it is asserted outside.

import assert from "node:assert/strict";
import { LogLevel, WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from "@slack/web-api";

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = process.env;
const settings = { slackApiUrl: SLACK_API_URL, logLevel: LogLevel.ERROR };
const web = new WebClient(SLACK_BOT_TOKEN, settings);
const control = (path, body) =>
  fetch(new URL(path, SLACK_API_URL), { method: "POST", body: JSON.stringify(body) }).then((answer) => answer.json());
const plain = (text) => ({ type: "plain_text", text });
const refused = (code) => (error) => error instanceof WebAPIPlatformError && error.data.error === code;

async function who() {
  const me = await web.auth.test();
  assert.deepEqual([me.ok, me.user_id, me.bot_id], [true, "U0KNOBOT", "B0KNOBOT"]);
  assert.equal((await web.api.test({ foo: "bar" })).args.foo, "bar");
  assert.equal((await web.bots.info({ bot: me.bot_id })).bot.name, "Knobot");
  await assert.rejects(new WebClient("xoxb-wrong", settings).auth.test(), refused("invalid_auth"));
  await assert.rejects(new WebClient(undefined, settings).auth.test(), refused("not_authed"));
  await assert.rejects(web.apps.connections.open(), refused("not_allowed_token_type"));
  const app = new WebClient(SLACK_APP_TOKEN, settings);
  assert.match((await app.apps.connections.open()).url, /^ws:/);
}

async function chat() {
  const { ts, channel } = await web.chat.postMessage({
    channel: "C0DEPLOYS",
    text: "a card",
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: "*hello*" } },
      { type: "actions", elements: [{ type: "button", action_id: "undo", text: plain("Undo") }] },
    ],
  });
  const updated = await web.chat.update({ channel, ts, text: "the card, edited" });
  assert.equal(updated.message.edited.user, "U0KNOBOT");
  const reply = await web.chat.postMessage({ channel, thread_ts: ts, text: "in its thread" });
  const { permalink } = await web.chat.getPermalink({ channel, message_ts: reply.ts });
  assert.match(permalink, new RegExp(`/archives/C0DEPLOYS/p\\d+\\?thread_ts=${ts}`));
  await web.chat.postEphemeral({ channel, user: "U0DEV", text: "for dev alone" });
  await web.reactions.add({ channel, timestamp: ts, name: "eyes" });
  const gone = await web.chat.postMessage({ channel, text: "gone" });
  await web.chat.delete({ channel, ts: gone.ts });
  await assert.rejects(web.chat.postMessage({ channel: "C0QUIET", text: "hello?" }), refused("not_in_channel"));
  await assert.rejects(web.chat.update({ channel, ts: gone.ts, text: "?" }), refused("message_not_found"));
  await assert.rejects(
    web.chat.postMessage({ channel, text: "x", blocks: [{ type: "header", text: plain("x".repeat(151)) }] }),
    (error) => refused("invalid_blocks")(error) && /json-pointer:\/blocks\/0\/text/.test(error.data.errors[0]),
  );
  return { channel, ts };
}

async function conversations({ channel, ts }) {
  const names = [];
  for await (const page of web.paginate("conversations.list", { limit: 2 })) {
    names.push(...page.channels.map((each) => each.name));
  }
  assert.deepEqual(names, ["deploys", "prod", "quiet", "partners"]);
  assert.equal((await web.conversations.info({ channel: "C0SHARED" })).channel.is_ext_shared, true);
  assert.deepEqual((await web.conversations.members({ channel: "C0PROD" })).members, ["U0DEV", "U0KNOBOT", "U0SRE"]);
  const { messages } = await web.conversations.history({ channel, limit: 1 });
  assert.deepEqual([messages[0].ts, messages[0].reply_count, messages[0].reactions[0].name], [ts, 1, "eyes"]);
  const thread = await web.conversations.replies({ channel, ts });
  assert.deepEqual(thread.messages.map((each) => each.text), ["the card, edited", "in its thread"]);
  const { channel: direct } = await web.conversations.open({ users: "U0SRE" });
  await web.chat.postMessage({ channel: direct.id, text: "between us" });
  await assert.rejects(web.conversations.info({ channel: "C0NOWHERE" }), refused("channel_not_found"));
}

async function people() {
  const members = await web.paginate("users.list", { limit: 3 }, () => false, (all = [], page) => [...all, ...page.members]);
  assert.deepEqual(members.filter((each) => each.is_ultra_restricted).map((each) => each.name), ["guest"]);
  assert.equal((await web.users.info({ user: "U0STRANGE" })).user.is_stranger, true);
  assert.equal((await web.users.lookupByEmail({ email: "sre@example.com" })).user.id, "U0SRE");
  await assert.rejects(web.users.info({ user: "U0NOBODY" }), refused("user_not_found"));
  const { usergroups } = await web.usergroups.list({ include_users: true });
  assert.deepEqual([usergroups[0].handle, usergroups[0].users], ["approvers", ["U0SRE"]]);
  assert.deepEqual((await web.usergroups.users.list({ usergroup: "S0APPROVE" })).users, ["U0SRE"]);
  await assert.rejects(web.usergroups.users.list({ usergroup: "S0NONE" }), refused("no_such_subteam"));
}

async function views() {
  const gesture = () => control("/sandbox/slash", { user: "dev", channel: "prod", text: "x" });
  const [{ trigger_id: first }, { trigger_id: second }] = await Promise.all([gesture(), gesture()]);
  const input = { type: "input", block_id: "who", label: plain("Who"), element: { type: "plain_text_input", action_id: "name" } };
  const modal = (title) => ({ type: "modal", title: plain(title), submit: plain("Go"), private_metadata: "m", blocks: [input] });
  const { view } = await web.views.open({ trigger_id: first, view: modal("One") });
  assert.deepEqual([view.private_metadata, view.root_view_id], ["m", view.id]);
  const changed = await web.views.update({ view_id: view.id, hash: view.hash, view: modal("Two") });
  await assert.rejects(web.views.update({ view_id: view.id, hash: view.hash, view: modal("Three") }), refused("hash_conflict"));
  assert.equal(changed.view.title.text, "Two");
  await assert.rejects(web.views.open({ trigger_id: first, view: modal("Again") }), refused("exchanged_trigger_id"));
  await assert.rejects(web.views.push({ trigger_id: second, view: modal("Not from a modal") }), refused("not_found"));
  const home = { type: "home", blocks: [{ type: "section", text: plain("Your services") }] };
  assert.equal((await web.views.publish({ user_id: "U0DEV", view: home })).view.type, "home");
}

async function files({ channel, ts }) {
  const done = await web.filesUploadV2({
    channel_id: channel,
    thread_ts: ts,
    initial_comment: "the lines",
    file_uploads: [
      { file: Buffer.from("one\ntwo\n"), filename: "hello.log", title: "hello's log" },
      { content: "a: 1\n", filename: "hello.yaml" },
    ],
  });
  const shared = done.files.flatMap((each) => each.files);
  assert.deepEqual(shared.map((each) => [each.name, each.size]), [["hello.log", 8], ["hello.yaml", 5]]);
  assert.equal((await web.files.info({ file: shared[0].id })).file.title, "hello's log");
  const bytes = await fetch(shared[0].url_private, { headers: { Authorization: `Bearer ${SLACK_BOT_TOKEN}` } });
  assert.equal(await bytes.text(), "one\ntwo\n");
}

async function limits() {
  const plant = (fault) => control("/sandbox/faults", { target: "slack", ...fault });
  const strict = new WebClient(SLACK_BOT_TOKEN, { ...settings, rejectRateLimitedCalls: true });
  await plant({ kind: "ratelimit", method: "auth.test", retry_after: 7 });
  await assert.rejects(strict.auth.test(), (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 7);
  await plant({ kind: "ratelimit", method: "auth.test", retry_after: 1 });
  assert.equal((await web.auth.test()).ok, true); // after a second, by itself
}

await who();
const card = await chat();
await conversations(card);
await people();
await views();
await files(card);
await limits();
