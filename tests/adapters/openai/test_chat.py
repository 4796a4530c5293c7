"""``retentive chat`` against a real server."""

from __future__ import annotations

from retentive.turns import is_block
from tests.cli.conftest import Run, run
from tests.openai_server import Upstream

__all__ = ["run"]


def test_a_later_conversation_recalls_an_earlier_one(
    run: Run, server: Upstream
) -> None:
    server.replies = ["Noted."]
    options = ("chat", "--base-url", server.url, "--model", "m")
    run(*options, "--session", "monday", stdin="I am allergic to peanuts.\n\n")
    server.replies = ["Better not.", "Surely."]
    shown = run(*options, stdin="May I eat peanuts?\nAnd rice?\n").stdout
    assert "I am allergic to peanuts." in shown
    assert "because: " in shown
    assert "context +" in shown
    assert "Better not." in shown
    last = [m for m in server.requests[-1]["messages"] if not is_block(m)]
    assert [message["content"] for message in last] == [
        "May I eat peanuts?",
        "Better not.",
        "And rice?",
    ]
    assert "allergic" in server.requests[1]["messages"][0]["content"]


def test_a_model_that_is_away_is_a_message_and_what_was_said_is_kept(
    run: Run, server: Upstream
) -> None:
    server.refusals = [(404, {"error": {"message": "no model 'x'"}}, {})]
    options = ("chat", "--base-url", server.url, "--model", "x")
    failed = run(*options, stdin="I live in Oslo.\n", code=1)
    assert "check --base-url, --model" in failed.output
    assert "Oslo" in run("recall", "Oslo").stdout
