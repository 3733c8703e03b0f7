"""Text from anywhere becomes what Slack makes of it, and never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from slack_bolt import App

RENDER = """async ([module, name, text]) => {
  const holder = document.createElement("div");
  const made = (await import(`/page/${module}.js`))[name](text);
  holder.append(...[made].flat(Infinity));
  for (const svg of holder.querySelectorAll("svg")) svg.replaceWith(`(${svg.getAttribute("aria-label")})`);
  return holder.innerHTML;
}"""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("*bold* _soft_ ~gone~", "<strong>bold</strong> <em>soft</em> <del>gone</del>", id="marks"),
        pytest.param("a*b*c snake_case_name 2 * 3 * 4", "a*b*c snake_case_name 2 * 3 * 4", id="no marks within words"),
        pytest.param("*_both_*", "<strong><em>both</em></strong>", id="nested marks"),
        pytest.param("`*code* <x>`", "<code>*code* &lt;x&gt;</code>", id="code protects"),
        pytest.param("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;", id="entities"),
        pytest.param("<img src=x onerror=alert(1)>", "img src=x onerror=alert(1)", id="markup is text"),
        pytest.param("<javascript:alert(1)|click>", "click", id="links never run scripts"),
        pytest.param("&gt; said\nplain", "<blockquote>said</blockquote>plain", id="quote"),
        pytest.param("```\na  b\n```", '<pre tabindex="0">a  b</pre>', id="preformatted"),
        pytest.param("<@U1> <#C1> <!here>", None, id="mentions"),
        pytest.param("12:30:rocket: :nonsense:", "12:30(rocket) :nonsense:", id="emoji by name"),
        pytest.param("ok ✅", "ok (white check mark)", id="emoji as character"),
    ],
)
def test_mrkdwn_is_shown_as_slack_shows_it(reader: Page, text: str, html: str | None) -> None:
    made = reader.evaluate(RENDER, ["mrkdwn", "mrkdwn", text])
    if html is None:
        assert [">@Dana Developer<" in made, ">#deploys<" in made, ">@here<" in made] == [True, True, True]
    else:
        assert made == html


def test_a_link_opens_elsewhere_and_tells_nothing_about_the_page(reader: Page) -> None:
    made = reader.evaluate(RENDER, ["mrkdwn", "mrkdwn", "<https://knative.dev/?a=1&amp;b=2|Knative &amp; more>"])
    assert 'href="https://knative.dev/?a=1&amp;b=2"' in made
    assert 'rel="noopener noreferrer"' in made
    assert ">Knative &amp; more</a>" in made


def test_markdown_blocks_have_lists_tables_and_code(reader: Page) -> None:
    text = "## Verbs\n- **deploy** `hello`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nraw *text*\n```"
    made = reader.evaluate(RENDER, ["markdown", "markdown", text])
    assert "<li><strong>deploy</strong> <code>hello</code></li>" in made
    assert "<td>1</td><td>2</td>" in made
    assert ">raw *text*\n</pre>" in made


def wide_message() -> list[dict[str, object]]:
    head = [{"type": "raw_text", "text": name} for name in ("Revision", "Image", "Traffic")]
    row = [{"type": "raw_text", "text": "a-very-long-revision-name-" * 2}] * 3
    return [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "`" + "y" * 300 + "`\n```\n" + "z" * 400 + "\n```"}},
        {"type": "table", "rows": [head, *[row] * 40]},
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_and_tables_do_not_break_the_layout(page: Page, bot: App, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    bot.client.chat_postMessage(channel="C1", text="wide", blocks=wide_message())
    expect(page.locator("#log table")).to_be_visible()
    overflowing = page.evaluate(
        """() => [document.documentElement, document.querySelector("#log")]
                 .map((node) => node.scrollWidth - node.clientWidth)"""
    )
    assert overflowing == [0, 0]


def test_a_new_message_scrolls_only_for_one_who_is_at_the_end(page: Page, bot: App) -> None:
    for number in range(40):
        bot.client.chat_postMessage(channel="C1", text=f"line {number}\n\n\n")
    log = page.locator("#log")
    expect(log.get_by_text("line 39")).to_be_in_viewport()
    log.evaluate("(node) => { node.scrollTop = 0; }")
    bot.client.chat_postMessage(channel="C1", text="the latest")
    expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert log.evaluate("(node) => node.scrollTop") == 0
    page.get_by_role("button", name="New messages").click()
    expect(log.get_by_text("the latest")).to_be_in_viewport()
