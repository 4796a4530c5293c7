"""Whose memory a request is about."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from retentive.config.serving import Server
from retentive.server.callers import Caller, NamespaceRule, UnresolvedError

KEY = {"authorization": "Bearer sk-1"}


@pytest.mark.parametrize(
    ("labels", "headers", "fields", "namespace"),
    [
        (("team",), {}, {}, ("team",)),
        (("u", "{user}"), {}, {"user": "a/*{x}:b"}, ("u", "a/*{x}:b")),
        (("{safety_identifier}",), {}, {"safety_identifier": "小明"}, ("小明",)),
        (("{header.X-User}",), {"x-user": "ann"}, {}, ("ann",)),
        (
            ("{metadata.org}-{user}",),
            {},
            {"metadata": {"org": "o"}, "user": "u"},
            ("o-u",),
        ),
        (("{metadata.org}",), {}, {"metadata.org": "from a query"}, ("from a query",)),
    ],
)
def test_a_rule_reads_the_request(
    labels: tuple[str, ...], headers: Any, fields: Any, namespace: tuple[str, ...]
) -> None:
    caller = Caller(headers=headers, fields=fields)
    assert NamespaceRule(labels).namespace(caller) == namespace


def test_a_key_s_name_tells_keys_apart_and_does_not_hold_them() -> None:
    rule = NamespaceRule(("{key}",))
    [one] = rule.namespace(Caller(headers=KEY))
    [other] = rule.namespace(Caller(headers={"authorization": "Bearer sk-2"}))
    assert one != other
    assert "sk-1" not in one


@pytest.mark.parametrize(
    ("label", "headers", "fields"),
    [
        ("{key}", {}, {}),
        ("{key}", {"authorization": "Basic abc"}, {}),
        ("{key}", {"authorization": "Bearer  "}, {}),
        ("{user}", KEY, {}),
        ("{user}", KEY, {"user": 7}),
        ("{user}", KEY, {"user": " "}),
        ("{metadata.org}", KEY, {"metadata": "org"}),
        ("{header.x-user}", KEY, {"x-user": "ann"}),
    ],
)
def test_a_request_that_lacks_a_source_has_no_namespace(
    label: str, headers: Any, fields: Any
) -> None:
    with pytest.raises(UnresolvedError, match="which the request does not have"):
        NamespaceRule(("fixed", label)).namespace(
            Caller(headers=headers, fields=fields)
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"namespace": ()},
        {"namespace": ("{body.user}",)},
        {"namespace": ("{user",)},
        {"session": "{cookie}"},
        {"upstream": "api.openai.com"},
        {"limit": 0},
        {"place": "end"},
        {"tokes": ()},
    ],
)
def test_a_wrong_section_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Server.model_validate(wrong)
