// rich_text blocks: text whose formatting is data, so nothing in it is parsed.

import { el, link } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { mention } from "./directory.js";
import { codeSpan } from "./mrkdwn.js";

export function richText(block) {
  return el("div", { class: "rich-text" }, block.elements.map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_list":
      return list(element);
    case "rich_text_preformatted":
      return el("pre", { tabindex: "0" }, element.elements.map((run) => run.text ?? run.url ?? ""));
    case "rich_text_quote":
      return el("blockquote", {}, element.elements.map(styled));
    default:
      return el("p", {}, (element.elements ?? []).map(styled));
  }
}

function list({ style, indent = 0, offset = 0, elements }) {
  const ordered = style === "ordered";
  const node = el(ordered ? "ol" : "ul", { class: `indent-${Math.min(indent, 5)}`, start: ordered && offset ? offset + 1 : null });
  node.append(...elements.map((item) => el("li", {}, item.elements.map(styled))));
  return node;
}

function styled(run) {
  const style = run.style ?? {};
  let node = style.code && run.type === "text" ? [codeSpan(run.text)] : content(run);
  for (const [wanted, tag] of [["strike", "del"], ["underline", "u"], ["italic", "em"], ["bold", "strong"]]) {
    if (style[wanted]) node = [el(tag, {}, node)];
  }
  return node;
}

function content(run) {
  switch (run.type) {
    case "text": return withEmoji(run.text);
    case "link": return [link(run.url, run.text || run.url)];
    case "emoji": return [emoji(run.name)];
    case "user": return [mention(`@${run.user_id}`)];
    case "channel": return [mention(`#${run.channel_id}`)];
    case "usergroup": return [mention(`!subteam^${run.usergroup_id}`)];
    case "broadcast": return [mention(`!${run.range}`)];
    case "date": return [mention(`!date^${run.timestamp}^${run.format}`, run.fallback)];
    case "color": return [el("code", {}, run.value)];
    default: return [run.text ?? ""];
  }
}
