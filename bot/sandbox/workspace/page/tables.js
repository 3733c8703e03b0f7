// Tables and charts. A wide table scrolls inside its own frame, so that the conversation never does.

import { el, svg } from "./dom.js";
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

const colour = (index) => SERIES[index % SERIES.length];

/** The data_visualization block: what goes on in time as lines, all else as rows of bars; the numbers stay readable. */
export function chart({ title, chart: { type, segments, series } }) {
  const content = type === "line" || type === "area" ? lines(series, type === "area")
    : type === "pie" ? bars(segments.map(({ label, value }, index) => ({ label, value, index })))
    : bars(series.flatMap(({ name, data }, index) => data.map(({ label, value }) => ({ label: series.length > 1 ? `${label} · ${name}` : label, value, index }))));
  return el("figure", { class: "chart" }, el("figcaption", {}, title), content);
}

function bars(rows) {
  const most = Math.max(...rows.map(({ value }) => value), 1);
  return rows.map(({ label, value, index }) => {
    const bar = el("span", { class: "chart-bar" });
    bar.style.width = `${(100 * Math.max(value, 0)) / most}%`;
    bar.style.backgroundColor = colour(index);
    return el("div", { class: "chart-row" },
      el("span", { class: "chart-label" }, label), el("span", { class: "chart-track" }, bar), el("span", { class: "chart-value" }, String(value)));
  });
}

const [WIDE, HIGH] = [100, 40]; // units of the drawing, which is stretched to its frame

function lines(series, filled) {
  const values = series.flatMap(({ data }) => data.map(({ value }) => value));
  const [least, most] = [Math.min(...values, 0), Math.max(...values, 1)];
  const labels = series[0].data.map(({ label }) => label);
  const drawn = series.map(({ data }, index) => {
    const points = data.map(({ value }, at) =>
      `${(WIDE * at) / Math.max(data.length - 1, 1)},${(HIGH * (most - value)) / (most - least)}`);
    return [
      filled && svg("polygon", { points: [`0,${HIGH}`, ...points, `${WIDE},${HIGH}`].join(" "), fill: colour(index), opacity: "0.2" }),
      svg("polyline", { points: points.join(" "), stroke: colour(index), fill: "none", "vector-effect": "non-scaling-stroke" }),
    ];
  });
  const told = series.map(({ name, data }) => `${name}: ${data.map(({ label, value }) => `${label} ${value}`).join(", ")}`).join("; ");
  const view = { class: "chart-lines", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": told };
  return [
    svg("svg", view, drawn.flat()),
    el("div", { class: "chart-axis" }, el("span", {}, labels[0]), el("span", {}, labels.at(-1))),
    series.map(({ name, data }, index) => {
      const dot = el("span", { class: "chart-dot" });
      dot.style.backgroundColor = colour(index);
      return el("div", { class: "chart-key" }, dot, `${name}: ${data.at(-1).value} at the end, ${Math.max(...data.map(({ value }) => value))} at most`);
    }),
  ];
}
