"""What Knobot says by itself: the story of one Service's day, what is said below it, and the bulletin of many.

The first line says what is so now. Failures come with why, what to do about it, what still serves and the last log
lines, since that is what one would ask for next.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from bot.blocks import logs, mrkdwn, remedies
from bot.blocks.bars import bars, told
from bot.blocks.message import Buttons, Message, Part, compose, prose, replay, small, table
from bot.core import duration
from bot.core.updates import ALARMS, News

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.core.answers import Bulletin, StoryCard, StoryReply
    from bot.core.model import ServiceKey
    from bot.core.stories import Entry, Story
    from bot.core.updates import Update

MARKS = {
    News.MADE: ":new:",
    News.GONE: ":wastebasket:",
    News.REVISION: ":hourglass_flowing_sand:",
    News.READY: ":white_check_mark:",
    News.FAILED: ":x:",
    News.LOST: ":x:",
    News.ROUTE: ":x:",
    News.BACK: ":white_check_mark:",
    News.DOMAIN: ":x:",
    News.DOMAIN_BACK: ":white_check_mark:",
    News.TRAFFIC: ":twisted_rightwards_arrows:",
}
COUNTED = {
    News.FAILED: ("failure", "failures"),
    News.LOST: ("lost readiness", "lost readiness"),
    News.ROUTE: ("without a route", "without a route"),
    News.DOMAIN: ("domain in trouble", "domains in trouble"),
    News.BACK: ("recovery", "recoveries"),
    News.DOMAIN_BACK: ("domain works again", "domains work again"),
    News.GONE: ("deleted", "deleted"),
    News.MADE: ("new", "new"),
    News.TRAFFIC: ("traffic moved", "traffic moved"),
    News.READY: ("Revision Ready", "Revisions Ready"),
    News.REVISION: ("Revision starting", "Revisions starting"),
}
"""How news are counted, what matters most first."""
RANK = {news: rank for rank, news in enumerate(COUNTED)}
ROWS = 12
"""How many Services a bulletin tells one by one."""
NAMES = 25
"""How many more it names of each kind."""
REASON = 400


def story(answer: StoryCard) -> Message:
    """Return the message of one Service's day."""
    found = answer.story
    last = _headline(found)
    return compose(
        f"{_mark(last)} {mrkdwn.bold(str(found.key))}: {sentence(last)}",
        *_details(found.key, last),
        prose(*_past(found)),
        small(f"cluster {mrkdwn.prose(found.key.cluster, 80)}"),
        buttons=_buttons(found, last),
    )


def reply(answer: StoryReply) -> Message:
    """Return what is said below that message."""
    updates = [update for entry in answer.entries for update in entry.updates]
    (last, *others) = sorted(updates, key=lambda update: RANK[update.news])
    return compose(
        f"{_mark(last)} {mrkdwn.bold(str(answer.key))}: {sentence(last)}",
        *_details(answer.key, last),
        prose(*(f"{_mark(update)} {sentence(update)}" for update in others)),
    )


def bulletin(answer: Bulletin) -> Message:
    """Return one message about many Services: those in trouble one by one, the rest by name under what is new of them.

    Where there are few, all are told one by one.
    """
    count = len(answer.stories)
    ranked = sorted(answer.stories, key=lambda found: (not found.troubled, RANK[_headline(found).news], found.key))
    single = ranked if count <= ROWS else [found for found in ranked[:ROWS] if found.troubled]
    rows = [
        f"{_mark(last)} {mrkdwn.bold(str(found.key))}: {sentence(last, 120)}"
        for found in single
        for last in (_headline(found),)
    ]
    rest: dict[News, list[Story]] = {}
    for found in ranked[len(single) :]:
        rest.setdefault(_headline(found).news, []).append(found)
    return compose(
        f":newspaper: {count} Service{'s have' if count > 1 else ' has'} news since {mrkdwn.moment(answer.since)}: "
        f"{_counted(answer.stories)}",
        prose(*rows),
        prose(*(_together(news, stories) for news, stories in rest.items())),
    )


def _together(news: News, stories: Sequence[Story]) -> str:
    """Name Services of which the same is new, on one line."""
    names = [mrkdwn.prose(found.key.name, 70) for found in stories[:NAMES]]
    left = len(stories) - len(names)
    more = " more" if stories[0].troubled else ""  # the first of them stand above, one by one
    count = f"{len(stories)}{more} {COUNTED[news][len(stories) > 1]}"
    return f"{MARKS[news]} {count}: {', '.join(names)}{f' and {left} others' if left else ''}"


def sentence(update: Update, room: int = REASON) -> str:
    """Say one piece of news in one line of markup, with at most `room` characters of the cluster's own words."""
    who = f" (by {_who(update)})" if update.person or update.account else ""
    subject = mrkdwn.prose(update.subject, 70)
    reason = mrkdwn.prose(update.reason, room)
    match update.news:
        case News.MADE:
            return f"the Service is there{who}{f': {reason}' if reason else ''}"
        case News.GONE:
            return f"the Service is deleted{who}{f': {reason}' if reason else ''}"
        case News.REVISION:
            return f"{subject} is starting{who}"
        case News.READY:
            return f"{subject} is Ready{who}"
        case News.FAILED:
            return f"{subject} failed: {reason}"
        case News.LOST:
            return f"{subject} is not Ready any more: {reason}"
        case News.ROUTE:
            return f"its addresses do not work: {reason}"
        case News.DOMAIN:
            return f"its domain {subject} does not work: {reason}"
        case News.DOMAIN_BACK:
            return f"its domain {subject} works again"
        case News.BACK:
            return "nothing is wrong any more"
        case News.TRAFFIC:
            return f"traffic is now {told(dict(update.shares))}{who}"
        case _:
            assert_never(update.news)


def _who(update: Update) -> str:
    return mrkdwn.person(update.person) if update.person else mrkdwn.prose(update.account, 120)


def _mark(update: Update) -> str:
    return MARKS[update.news]


def _headline(found: Story) -> Update:
    """Return the news that matters most now: an open failure, else the weightiest of the last entry."""
    return found.trouble or min(found.entries[-1].updates, key=lambda update: RANK[update.news])


def _details(key: ServiceKey, update: Update) -> Iterator[Part]:
    """Say what one would ask for next."""
    if update.news is News.TRAFFIC:
        yield table(*bars(dict(update.shares), dict(update.before)))
        return
    if update.news is News.BACK and update.shares:
        yield prose(f"Serving: {told(dict(update.shares))}.")
    if update.news not in ALARMS:
        return
    remedy = remedies.remedy_in(update.reason)
    serving = {name: percent for name, percent in update.shares if name != update.subject}
    if update.news is News.FAILED:
        stays = f"Still serving: {told(serving)}." if serving else "Nothing serves."
    else:
        stays = f"Others serve: {told(serving)}." if serving else ""
    yield prose(*([mrkdwn.prose(remedy)] if remedy else []), *([stays] if stays else []))
    yield logs.written(update.logs, f"logs {path(key)} {update.subject}".strip(), withheld=update.withheld)


def _past(found: Story) -> list[str]:
    """Tell the day, the newest first."""
    if sum(len(entry.updates) for entry in found.entries) < 2:
        return []
    return [_line(entry, before) for entry, before in zip(reversed(found.entries), _befores(found), strict=True)]


def _befores(found: Story) -> Iterator[str]:
    """Yield for each entry, the newest first, how long a trouble had lasted that ended with it."""
    for entry in reversed(found.entries):
        since = next((update.since for update in entry.updates if update.news is News.BACK and update.since), None)
        yield f", after {duration.words(entry.at - since)}" if since else ""


def _line(entry: Entry, lasted: str) -> str:
    said = "; ".join(sentence(update, 160) for update in entry.updates)
    return f"{mrkdwn.moment(entry.at)} {said}{lasted}"


def _counted(stories: Iterable[Story]) -> str:
    counts = Counter(_headline(found).news for found in stories)
    return ", ".join(f"{counts[news]} {words[counts[news] > 1]}" for news, words in COUNTED.items() if counts[news])


def _buttons(found: Story, last: Update) -> Buttons | None:
    if last.news is News.GONE:
        return None
    where = path(found.key)
    lines = f"logs {where} {last.subject}" if last.news in (News.FAILED, News.LOST) else f"logs {where}"
    back = f"Roll {found.key.name} back to the Revision that was last known to be good?"
    row = [
        replay("logs", "Logs", lines),
        replay("status", "Status", f"status {where}"),
        replay("rollback", "Roll back", f"rollback {where}", back[:300]),
        replay("mute", "Mute for an hour", f"mute {where} 1h"),
    ]
    return Buttons(f"story-{found.id}-{found.version}", "", tuple(row))


def path(key: ServiceKey) -> str:
    """Return a Service as it is typed in any channel."""
    return f"{key.cluster}/{key.namespace}/{key.name}"
