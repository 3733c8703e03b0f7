// Slack's names for the emoji that a chat-ops bot uses. Those in DRAWN come from page/emoji.svg, so that
// they look alike on machines without an emoji font; the others are left to the system's font.

import { drawing } from "./dom.js";

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", warning: "⚠️", no_entry: "⛔",
  octagonal_sign: "🛑", information_source: "ℹ️", bulb: "💡", question: "❓", exclamation: "❗",
  large_green_circle: "🟢", large_blue_circle: "🔵", red_circle: "🔴", large_red_circle: "🔴", large_yellow_circle: "🟡",
  large_orange_circle: "🟠", large_purple_circle: "🟣", white_circle: "⚪", black_circle: "⚫",
  large_green_square: "🟩", large_blue_square: "🟦", large_red_square: "🟥", large_yellow_square: "🟨",
  white_large_square: "⬜", black_large_square: "⬛",
  hourglass_flowing_sand: "⏳", hourglass: "⌛", stopwatch: "⏱️", alarm_clock: "⏰", calendar: "📅", zzz: "💤",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_upper_right: "↗️", arrow_lower_right: "↘️",
  leftwards_arrow_with_hook: "↩️", arrow_right_hook: "↪️", repeat: "🔁", arrows_counterclockwise: "🔄",
  arrow_forward: "▶️", double_vertical_bar: "⏸️", black_square_for_stop: "⏹️", fast_forward: "⏩", rewind: "⏪",
  pushpin: "📌", round_pushpin: "📍", label: "🏷️", rocket: "🚀", package: "📦", seedling: "🌱", sparkles: "✨", tada: "🎉",
  lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", snowflake: "❄️", fire: "🔥", boom: "💥", ice_cube: "🧊",
  bell: "🔔", no_bell: "🔕", mute: "🔇", eyes: "👀", mag: "🔍", memo: "📝", newspaper: "📰", page_facing_up: "📄",
  link: "🔗", wastebasket: "🗑️", gear: "⚙️", wrench: "🔧", hammer_and_wrench: "🛠️", robot_face: "🤖", wave: "👋",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", traffic_light: "🚦", vertical_traffic_light: "🚦",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", raised_hand: "✋", point_right: "👉", pray: "🙏",
  bust_in_silhouette: "👤", busts_in_silhouette: "👥", speech_balloon: "💬", globe_with_meridians: "🌐", house: "🏠",
  heavy_plus_sign: "➕", heavy_minus_sign: "➖", recycle: "♻️", construction: "🚧", rotating_light: "🚨", test_tube: "🧪",
  small_blue_diamond: "🔹", speaker: "🔈", scroll: "📜", ladder: "🪜", sunny: "☀️", new: "🆕", twisted_rightwards_arrows: "🔀",
};

const DRAWN = new Set([
  "white_check_mark", "x", "warning", "no_entry", "octagonal_sign", "information_source", "bulb", "question",
  "large_green_circle", "large_blue_circle", "red_circle", "large_yellow_circle", "large_orange_circle", "large_purple_circle",
  "white_circle", "black_circle", "large_green_square", "large_blue_square", "large_red_square", "large_yellow_square",
  "white_large_square", "black_large_square", "hourglass_flowing_sand", "stopwatch", "calendar", "arrow_right", "arrow_left",
  "arrow_up", "arrow_down", "leftwards_arrow_with_hook", "arrow_right_hook", "arrows_counterclockwise", "arrow_forward",
  "double_vertical_bar", "black_square_for_stop", "pushpin", "label", "rocket", "package", "seedling", "sparkles", "tada",
  "lock", "unlock", "snowflake", "fire", "bell", "no_bell", "eyes", "mag", "memo", "wave", "robot_face", "bar_chart",
  "bust_in_silhouette", "thumbsup", "small_blue_diamond", "speaker", "scroll", "ladder", "sunny", "new",
  "twisted_rightwards_arrows", "alarm_clock", "fast_forward", "mute", "newspaper", "raised_hand", "test_tube", "wastebasket", "zzz",
]);

const SAME = { large_red_circle: "red_circle", "+1": "thumbsup", hourglass: "hourglass_flowing_sand" };

const bare = (character) => character.replace("\ufe0f", "");
const BY_CHARACTER = new Map(
  Object.entries(NAMES).filter(([name]) => DRAWN.has(name)).map(([name, character]) => [bare(character), name]),
);
const CHARACTERS = new RegExp(`(${[...BY_CHARACTER.keys()].join("|")})\ufe0f?`, "gu");

export const known = (name) => Object.hasOwn(NAMES, name);

/** A node for a name as Slack writes it, without colons; an unknown name stays as it was written. */
export function emoji(name) {
  if (!known(name)) return `:${name}:`;
  const drawn = SAME[name] ?? name;
  return DRAWN.has(drawn) ? drawing("emoji", drawn, "emoji", name.replaceAll("_", " ")) : NAMES[name];
}

/** Text as nodes, with the emoji that were written as characters drawn like the named ones. */
export function withEmoji(text) {
  const nodes = [];
  let from = 0;
  for (const hit of text.matchAll(CHARACTERS)) {
    if (hit.index > from) nodes.push(text.slice(from, hit.index));
    nodes.push(emoji(BY_CHARACTER.get(hit[1])));
    from = hit.index + hit[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

/** Plain text as Slack shows it: no formatting, but emoji by name. */
export function plain(text) {
  return text.split(/:([a-z0-9_+-]+):/).flatMap((part, index) => (index % 2 ? [emoji(part)] : withEmoji(part)));
}
