// The markdown block: the part of Markdown that Slack renders. Line by line for blocks, one expression for what is inside a line.

import { el, link } from "./dom.js";
import { plain } from "./emoji.js";
import { codeSpan } from "./mrkdwn.js";

const TOKEN = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|(\*\*|__)(?=\S)(.+?)\4|([*_])(?=\S)(.+?)\6(?!\w)|~~(.+?)~~/g;

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const hit of text.matchAll(TOKEN)) {
    nodes.push(...plain(text.slice(from, hit.index)));
    const [whole, code, label, url, , bold, , italic, strike] = hit;
    if (code !== undefined) nodes.push(codeSpan(code));
    else if (label !== undefined) nodes.push(link(url, ...inline(label)));
    else if (bold !== undefined) nodes.push(el("strong", {}, inline(bold)));
    else if (italic !== undefined) nodes.push(el("em", {}, inline(italic)));
    else nodes.push(el("del", {}, inline(strike)));
    from = hit.index + whole.length;
  }
  nodes.push(...plain(text.slice(from)));
  return nodes;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => inline(cell.trim()));

/** How each kind of block begins, and what becomes of its lines. The first that fits wins. */
const KINDS = [
  { fits: (line) => /^\|.*\|\s*$/.test(line), make: tableOf },
  { fits: (line) => /^\s*[-*+]\s+/.test(line), make: (lines) => el("ul", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*[-*+]\s+/, ""))))) },
  { fits: (line) => /^\s*\d+[.)]\s+/.test(line), make: (lines) => el("ol", {}, lines.map((line) => el("li", {}, inline(line.replace(/^\s*\d+[.)]\s+/, ""))))) },
  { fits: (line) => /^>\s?/.test(line), make: (lines) => el("blockquote", {}, inline(lines.map((line) => line.replace(/^>\s?/, "")).join("\n"))) },
  { fits: (line) => /^#{1,6}\s/.test(line), make: (lines) => lines.map((line) => el("p", { class: "heading" }, inline(line.replace(/^#+\s+/, "")))) },
  { fits: (line) => /^(-{3,}|\*{3,})$/.test(line.trim()), make: () => el("hr") },
  { fits: (line) => line.trim() === "", make: () => [] },
  { fits: () => true, make: (lines) => el("p", {}, inline(lines.join("\n"))) },
];

function tableOf(lines) {
  const [head, ...rows] = lines.filter((line) => !/^[|\s:-]+$/.test(line));
  return el("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": "Table" },
    el("table", {},
      el("thead", {}, el("tr", {}, cells(head).map((cell) => el("th", { scope: "col" }, cell)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, cells(row).map((cell) => el("td", {}, cell)))))));
}

export function markdown(text) {
  const nodes = text.split(/^```\w*\n([\s\S]*?)^```\s*$/m).flatMap((part, index) => (index % 2 ? [el("pre", { tabindex: "0" }, part)] : paragraphs(part)));
  return el("div", { class: "rich-text" }, nodes);
}

function paragraphs(text) {
  const nodes = [];
  let kind = null;
  let lines = [];
  for (const line of [...text.split("\n"), ""]) {
    const next = KINDS.find((candidate) => candidate.fits(line));
    if (kind && next !== kind) {
      nodes.push(kind.make(lines));
      lines = [];
    }
    kind = next;
    lines.push(line);
  }
  return nodes.flat();
}
