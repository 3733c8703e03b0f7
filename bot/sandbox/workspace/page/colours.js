// Which colour stands for which answer, and so for which Revision: an answer that says "blue" is blue, and the
// Revision that alone can have said it is drawn in the same blue. Nobody has to tell the page.

const NAMED = new Set(["blue", "green", "red", "yellow", "orange", "purple", "pink", "teal", "black", "white", "gray", "grey"]);
const SHADES = 6;

/** The colours of answers: of each the one it says, else a shade that no other answer of its Service has, while there are some. */
export class AnswerColours {
  constructor() {
    this.shades = new Map(); // "namespace/service" → Map(words → shade)
  }

  hue(service, words) {
    const named = (words.toLowerCase().match(/[a-z]+/g) ?? []).find((word) => NAMED.has(word));
    if (named) return named;
    if (!this.shades.has(service)) this.shades.set(service, new Map());
    const known = this.shades.get(service);
    if (!known.has(words)) known.set(words, `shade-${known.size % SHADES}`);
    return known.get(words);
  }
}

export class RevisionColours {
  constructor() {
    this.known = new Map(); // "namespace/service" → Map(revision → colour)
  }

  /** Whether the answer told something new: of the Revisions with traffic, one only had no colour yet. */
  learn(service, traffic, colour) {
    const coloured = traffic.map((target) => this.colour(service, target));
    const unknown = traffic.filter((target, index) => target.percent > 0 && target.revision && !coloured[index]);
    const taken = [...coloured, ...this.of(service).values()];
    if (unknown.length !== 1 || taken.includes(colour)) return false;
    this.of(service).set(unknown[0].revision, colour);
    return true;
  }

  of(service) {
    if (!this.known.has(service)) this.known.set(service, new Map());
    return this.known.get(service);
  }

  /** What a target's tag says, else what was learned of its Revision, else undefined. */
  colour(service, target) {
    return NAMED.has(target.tag) ? target.tag : this.of(service).get(target.revision);
  }

  /** The class of a target's share: its colour, or a neutral one by its place. */
  shade(service, target, place) {
    const colour = this.colour(service, target);
    return colour ? `answer-${colour}` : `share-${Math.min(place, 3)}`;
  }
}
