// Slack's mrkdwn as nodes. Only & < > are escaped in it; <…> is the sole way to a link or a mention, and
// whatever does not parse is shown as it was written, because a chat must never lose a word.

import { el, link } from "./dom.js";
import { emoji, known, plain, withEmoji } from "./emoji.js";
import { mention } from "./directory.js";

const FENCE = /```\n?([\s\S]*?)```\n?/;

/** A message's text: fenced blocks, quotes, and lines. */
export function mrkdwn(text) {
  const parts = text.split(FENCE);
  return parts.flatMap((part, index) => (index % 2 ? [el("pre", { tabindex: "0" }, preformatted(part))] : quotesAndLines(part)));
}

/** A composition object: {type: "mrkdwn" | "plain_text", text}, or a bare string, which is plain. */
export function composed(object) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

function preformatted(text) {
  return unescape(text.replace(/<([^>|\n]+)(?:\|([^>\n]*))?>/g, (_, target, label) => label ?? target)).replace(/\n$/, "");
}

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function quotesAndLines(text) {
  const nodes = [];
  let lines = [];
  let quoted = false;
  const flush = () => {
    if (!lines.length) return;
    const content = inline(lines.join("\n"));
    nodes.push(quoted ? el("blockquote", {}, content) : content);
    lines = [];
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>)\s?(.*)$/);
    if (Boolean(quote) !== quoted) {
      flush();
      quoted = Boolean(quote);
    }
    lines.push(quote ? quote[1] : line);
  }
  flush();
  return nodes.flat();
}

// In order of precedence: code protects what is in it, then links and mentions, then marks around words.
const TOKEN = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>\\n]+)>",
    ":([a-z0-9_+-]+):",
    "(?<![\\p{L}\\p{N}])([*_~])(?=\\S)([^\\n]*?\\S)\\4(?![\\p{L}\\p{N}])",
  ].join("|"),
  "u",
);
const MARKS = { "*": "strong", _: "em", "~": "del" };

/** One run of text: marks, code, links, mentions, emoji; line breaks stay (the style sheet keeps them). */
export function inline(text) {
  const nodes = [];
  const token = new RegExp(TOKEN, "gu");
  let from = 0;
  for (let hit = token.exec(text); hit; hit = token.exec(text)) {
    const [whole, code, reference, name, mark, marked] = hit;
    if (name && !known(name)) {
      token.lastIndex = hit.index + whole.length - 1; // "12:30:rocket:" still ends in a rocket: the colon may begin the next name
      continue;
    }
    nodes.push(...withEmoji(unescape(text.slice(from, hit.index))));
    from = hit.index + whole.length;
    if (code !== undefined) nodes.push(codeSpan(unescape(code)));
    else if (reference !== undefined) nodes.push(referred(reference));
    else if (name !== undefined) nodes.push(emoji(name));
    else nodes.push(el(MARKS[mark], {}, inline(marked)));
  }
  nodes.push(...withEmoji(unescape(text.slice(from))));
  return nodes;
}

/** Code; a bar drawn with block characters is a picture rather than code. */
export function codeSpan(text) {
  return el("code", { class: /^[\u2580-\u259f\s]+$/.test(text) ? "bar" : null }, text);
}

function referred(reference) {
  const [target, label] = reference.split(/\|(.*)/s, 2);
  if (/^[@#!]/.test(target)) return mention(target, label && unescape(label));
  return link(unescape(target), ...(label ? withEmoji(unescape(label)) : [unescape(target)]));
}
