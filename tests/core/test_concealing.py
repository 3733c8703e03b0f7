"""What is secret in a document is hidden, wherever it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.template.concealing import concealed
from bot.core.template.secrets import HIDDEN


def test_values_are_hidden_by_the_name_that_they_have() -> None:
    container = {
        "image": "ghcr.io/acme/hello:v1",
        "env": [{"name": "TARGET", "value": "blue"}, {"name": "API_TOKEN", "value": "abc"}],
        "args": ["--password=abc", "--verbose"],
    }
    assert concealed({"containers": [container]}) == {
        "containers": [
            {
                "image": "ghcr.io/acme/hello:v1",
                "env": [{"name": "TARGET", "value": "blue"}, {"name": "API_TOKEN", "value": HIDDEN}],
                "args": [f"--password={HIDDEN}", "--verbose"],
            }
        ]
    }


def test_the_name_of_a_secret_of_the_cluster_is_no_secret() -> None:
    volume = {"name": "keys", "secret": {"secretName": "checkout", "optional": True}}
    assert concealed(volume) == volume


@given(
    st.recursive(
        st.just("hunter2") | st.integers() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("password"), inner, max_size=1),
        max_leaves=12,
    )
)
def test_nothing_below_a_secret_name_is_shown(value: object) -> None:
    assert "hunter2" not in str(concealed({"password": value}, "password"))
