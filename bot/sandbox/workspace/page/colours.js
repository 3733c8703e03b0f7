// Which colour stands for which answer, and so for which Revision: an answer that says "blue" is blue, and the
// Revision that alone can have said it is drawn in the same blue. Nobody has to tell the page.

const NAMED = new Set(["blue", "green", "red", "yellow", "orange", "purple", "pink", "teal", "black", "white", "gray", "grey"]);
const SHADES = 6;

/** A colour's name for an answer: the one it says, else one that is always the same for the same words. */
export function hue(words) {
  const named = (words.toLowerCase().match(/[a-z]+/g) ?? []).find((word) => NAMED.has(word));
  if (named) return named;
  let sum = 0;
  for (const character of words) sum = (sum * 31 + character.codePointAt(0)) % 99991;
  return `shade-${sum % SHADES}`;
}

export class RevisionColours {
  constructor() {
    this.known = new Map(); // "namespace/service" → Map(revision → colour)
  }

  /** Whether the answer told something new: of the Revisions with traffic, one only had no colour yet. */
  learn(service, traffic, colour) {
    const known = this.of(service);
    const unknown = traffic.filter((target) => target.percent > 0 && target.revision && !known.has(target.revision));
    if (unknown.length !== 1 || [...known.values()].includes(colour)) return false;
    known.set(unknown[0].revision, colour);
    return true;
  }

  of(service) {
    if (!this.known.has(service)) this.known.set(service, new Map());
    return this.known.get(service);
  }

  /** The class of a target's share: what its tag says, what was learned, else a neutral one by its place. */
  shade(service, target, place) {
    if (NAMED.has(target.tag)) return `answer-${target.tag}`;
    const learned = this.of(service).get(target.revision);
    return learned ? `answer-${learned}` : `share-${Math.min(place, 3)}`;
  }
}
