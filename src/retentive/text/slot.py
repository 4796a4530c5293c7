"""One attribute of one subject, and what a text says that it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Slot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A statement of the form "the attribute of the subject is the value".

    Attributes:
        subject: Whose: ``me`` for the speaker, else in words ("my sister").
        attribute: What of it: ``home``, ``favorite color``, ``time``.
        value: In canonical words; of the same sort for one attribute.
        ends: Whether the text says that the value no longer holds.
        exclusive: Whether there can be only one at a time: one home, but many
            hobbies. What is not exclusive is closed only by a text that says
            that something has changed.
        changes: Whether the text says so: "now", "no longer", "moved", 改到.
        timed: Whether the value is a time that may have come and gone.
    """

    subject: str
    attribute: str
    value: str
    ends: bool = False
    exclusive: bool = True
    changes: bool = False
    timed: bool = False
