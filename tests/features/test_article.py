"""The lines of an article about knctl, pasted in order: what is answered, listed and served agrees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.features.conversation import traffic

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

IMAGE = "gcr.io/knative-samples/helloworld-go"


def test_the_article_of_blue_and_green_works_line_by_line(conversation: Conversation) -> None:
    room = "hello-test"
    deploy = f"deploy --namespace hello-test --service hello --image {IMAGE} --env TARGET="

    conversation.change(room, f"{deploy}Rev1", "hello-00001 is Ready", "as wished")
    assert "hello-00001" in conversation.ask(room, "revision list --service hello")
    assert "Hello Rev1!" in conversation.ask(room, "curl --service hello -n hello-test")

    conversation.change(room, f"{deploy}Rev2", "hello-00002 is Ready", "as wished")
    listed = conversation.ask(room, "revision list --service hello")
    assert listed.index("hello-00002") < listed.index("hello-00001")

    conversation.change(room, f"{deploy}blue --managed-route=false", "hello-00003 is Ready")
    conversation.change(room, f"{deploy}green --managed-route=false", "hello-00004 is Ready")
    assert traffic(conversation.service(room, "hello")) == {"hello-00002": 100}

    line = "rollout --route hello -p hello:latest=10% -p hello:previous=90%"
    conversation.change(room, line, "10%", "90%", "traffic is as wished")
    assert traffic(conversation.service(room, "hello")) == {"hello-00004": 10, "hello-00003": 90}

    rows = conversation.ask(room, "revision list --service hello").splitlines()
    assert re.search(r"hello-00004\s+10%", next(row for row in rows if "hello-00004" in row))
    assert re.search(r"hello-00003\s+90%", next(row for row in rows if "hello-00003" in row))
    assert "Hello blue! 180 · Hello green! 20" in conversation.ask(room, "curl hello --count 200")
