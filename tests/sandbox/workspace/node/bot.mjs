// A small bot made with Slack's Socket Mode client for Node as its documentation says. It tells what it meets on its
// standard output, a word and JSON a line, and ends when its standard input does.

import { SocketModeClient, LogLevel } from "@slack/socket-mode";
import { WebClient } from "@slack/web-api";

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = process.env;
const web = new WebClient(SLACK_BOT_TOKEN, { slackApiUrl: SLACK_API_URL, logLevel: LogLevel.ERROR });
const socket = new SocketModeClient({
  appToken: SLACK_APP_TOKEN,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  clientPingTimeout: 500, // also what it waits before it connects again
});
const tell = (word, value = {}) => console.log(`${word} ${JSON.stringify(value)}`);
const plain = (text) => ({ type: "plain_text", text });

for (const state of ["connected", "reconnecting", "disconnected"]) socket.on(state, () => tell(state));

socket.on("slash_commands", async ({ body, ack }) => {
  const button = { type: "button", action_id: "ask", text: plain("Ask") };
  if (body.text === "card") {
    await ack();
    await web.chat.postMessage({
      channel: body.channel_id,
      text: "a card",
      blocks: [{ type: "actions", block_id: "b", elements: [button] }],
    });
  } else await ack({ text: `you typed ${body.text}` });
});

socket.on("interactive", async ({ body, ack }) => {
  tell(body.type);
  if (body.type === "block_actions") {
    await ack();
    const element = { type: "external_select", action_id: "service", min_query_length: 0 };
    const view = {
      type: "modal",
      title: plain("Which?"),
      submit: plain("Go"),
      blocks: [{ type: "input", block_id: "which", label: plain("Service"), element }],
    };
    await web.views.open({ trigger_id: body.trigger_id, view });
  } else if (body.type === "block_suggestion") {
    await ack({ options: [{ text: plain(`${body.value}-service`), value: body.value }] });
  } else if (body.view.state.values.which.service.selected_option.value === "bad") {
    await ack({ response_action: "errors", errors: { which: "not this one" } });
  } else await ack();
});

for (const kind of ["app_mention", "message", "app_home_opened"]) {
  socket.on(kind, async ({ event, ack, retry_num: attempt, retry_reason: reason }) => {
    tell(kind, { text: event.text, user: event.user, attempt, reason });
    await ack();
  });
}

process.stdin.on("end", async () => {
  await socket.disconnect();
  process.exit(0);
});
process.stdin.resume();
await socket.start();
