// Tables and charts. A wide table scrolls inside its own frame, so that the conversation never does.

import { el } from "./dom.js";
import { plain } from "./emoji.js";
import { richText } from "./richtext.js";

const frame = (label, ...content) => el("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": label }, ...content);

/** The table block: the first row is the head; columns say how they are aligned and whether they wrap. */
export function table(block) {
  const [head = [], ...rows] = block.rows;
  return frame("Table",
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((cell, column) => el("th", { scope: "col", class: manner(block, column, rows[0]?.[column] ?? cell) }, shown(cell))))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, column) => el("td", { class: manner(block, column, cell) }, shown(cell))))))));
}

function manner(block, column, cell) {
  const setting = block.column_settings?.[column] ?? {};
  const align = setting.align ?? (cell?.type === "raw_number" ? "right" : "left");
  return setting.is_wrapped ? `${align} wrapped` : align;
}

function shown(cell) {
  if (cell === null || cell === undefined) return "";
  if (cell.type === "rich_text") return richText(cell);
  return plain(String(cell.text ?? cell.value ?? ""));
}

const PAGE = 5; // rows, where the block does not say

/** The data_table block: like a table, with a caption, and in pages. */
export function dataTable(block) {
  const node = table(block);
  node.querySelector("table").prepend(el("caption", {}, plain(block.caption)));
  const rows = [...node.querySelectorAll("tbody tr")];
  const size = block.page_size ?? PAGE;
  if (rows.length <= size) return node;
  const told = el("span", { role: "status" });
  const turn = (label, step) => el("button", { class: "plain", type: "button", "aria-label": label, onclick: () => show(from + step) }, step < 0 ? "‹" : "›");
  const [back, forth] = [turn("Previous rows", -size), turn("Next rows", size)];
  let from = 0;
  const show = (first) => {
    from = first;
    rows.forEach((row, index) => { row.hidden = index < from || index >= from + size; });
    told.textContent = `${from + 1}–${Math.min(from + size, rows.length)} of ${rows.length}`;
    back.disabled = from === 0;
    forth.disabled = from + size >= rows.length;
  };
  show(0);
  node.append(el("div", { class: "table-pages" }, back, told, forth));
  return node;
}

const SERIES = ["#2f6fb5", "#2c9a5b", "#c7792b", "#8a5bd0", "#c0396b", "#0f8a99"];

/** The data_visualization block, as rows of bars: every kind of chart keeps its numbers readable this way, on a phone too. */
export function chart({ title, chart: { type, segments, series } }) {
  const bars = type === "pie"
    ? segments.map(({ label, value }, index) => ({ label, value, colour: SERIES[index % SERIES.length] }))
    : series.flatMap(({ name, data }, index) => data.map(({ label, value }) =>
      ({ label: series.length > 1 ? `${label} · ${name}` : label, value, colour: SERIES[index % SERIES.length] })));
  const most = Math.max(...bars.map(({ value }) => value), 1);
  return el("figure", { class: "chart" }, el("figcaption", {}, title), bars.map(({ label, value, colour }) => {
    const bar = el("span", { class: "chart-bar" });
    bar.style.width = `${(100 * Math.max(value, 0)) / most}%`;
    bar.style.backgroundColor = colour;
    return el("div", { class: "chart-row" },
      el("span", { class: "chart-label" }, label), el("span", { class: "chart-track" }, bar), el("span", { class: "chart-value" }, String(value)));
  }));
}
