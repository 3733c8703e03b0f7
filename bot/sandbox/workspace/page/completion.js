// What may come next in a slash command. The verbs are the app's and come with the sandbox's state;
// this module only knows where in the line a word stands.

const MOST = 8;

/** `known`: {command: "/knative", verbs: [{verb, usage, summary}], services: ["hello"]}. Nothing for what is no command. */
export function suggestions(text, { command, verbs, services }) {
  if (!text.startsWith("/") || text.includes("\n")) return null;
  const words = text.split(" ");
  if (words.length === 1) {
    return command.startsWith(text) ? { from: 0, items: [{ insert: `${command} `, label: command, detail: "Knobot's command" }] } : null;
  }
  if (words[0] !== command) return null;
  const from = text.lastIndexOf(" ") + 1;
  const word = text.slice(from);
  if (words.length === 2) return { from, items: matching(verbs, word) };
  const usage = verbs.find(({ verb }) => verb === words[1]);
  const items = words.length === 3 && !word.startsWith("-") && usage && takesService(usage)
    ? services.filter((name) => name.startsWith(word) && name !== word).slice(0, MOST).map((name) => ({ insert: `${name} `, label: name, detail: "" }))
    : [];
  return { from, items, usage: usage ? { label: usage.usage || usage.verb, detail: usage.summary ?? "" } : null };
}

const takesService = ({ usage }) => /service/i.test(usage ?? "");

function matching(verbs, word) {
  const begins = verbs.filter(({ verb }) => verb.startsWith(word));
  const contains = word ? verbs.filter(({ verb }) => !verb.startsWith(word) && verb.includes(word)) : [];
  return [...begins, ...contains].slice(0, word ? MOST : verbs.length)
    .map(({ verb, usage, summary }) => ({ insert: `${verb} `, label: usage || verb, detail: summary ?? "" }));
}

/** The verbs that the state tells of; where it tells none, those that its hints use. */
export function verbsOf(state) {
  if (state.verbs) return state.verbs;
  const hints = state.channels.flatMap((channel) => channel.hints ?? []);
  const used = hints.filter((hint) => hint.startsWith(`${state.command} `)).map((hint) => hint.split(/\s+/)[1]);
  return [...new Set(used)].sort().map((verb) => ({ verb, usage: verb, summary: "" }));
}
