// How far each person has read each channel, kept by the browser so that a reload forgets nothing.

const KEY = "knobot-read";

export class ReadMarks {
  constructor() {
    this.counts = new Map();
    try {
      this.marks = JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      this.marks = {}; // a browser may refuse to keep anything: then everything begins unread
    }
  }

  last(user, channel) {
    return this.marks[`${user}/${channel}`] ?? null;
  }

  /** The person sees these messages. */
  read(user, channel, messages) {
    const last = messages.at(-1)?.ts;
    this.counts.delete(`${user}/${channel}`);
    if (!last || Number(last) <= Number(this.last(user, channel) ?? 0)) return;
    this.marks[`${user}/${channel}`] = last;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.marks));
    } catch {
      // as above
    }
  }

  /** The person is elsewhere, and these are the channel's messages. */
  count(user, channel, messages) {
    const last = Number(this.last(user, channel) ?? 0);
    this.counts.set(`${user}/${channel}`, messages.filter((message) => Number(message.ts) > last && message.from !== user).length);
  }

  /** Unread messages by channel. */
  unread(user) {
    const own = [...this.counts].filter(([key]) => key.startsWith(`${user}/`));
    return new Map(own.map(([key, count]) => [key.slice(user.length + 1), count]));
  }

  total(user) {
    return [...this.unread(user).values()].reduce((sum, count) => sum + count, 0);
  }
}
