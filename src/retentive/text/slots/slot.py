"""One attribute of one subject, and what a text says that it is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ANY", "Slot"]

ANY = "whatever it was"
"""The attribute of a text that tells only which value has ended: "I sold my Fiat"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A statement of the form "the attribute of the subject is the value".

    Attributes:
        subject: Whose: ``me`` for the speaker, else in words ("my sister").
        attribute: What of it: ``home``, ``favorite color``, ``time``; :data:`ANY`.
        value: In canonical words; of the same sort for one attribute. Empty with
            ``ends``: whatever the value was.
        ends: Whether the text says that the value no longer holds.
        exclusive: Whether there can be only one at a time: one home, but many
            hobbies. What is not exclusive is closed only by a text that says
            that something has changed.
        changes: Whether the text says so: "now", "no longer", "moved", 改到.
        timed: Whether the value is a time that may have come and gone.
        of: The thing, where the attribute is about one and the value is yes or no:
            ``coffee`` of "I drink coffee".
        becomes: With :data:`ANY`: the value that follows, if it is told.
        joins: Whether two texts of one value say the same thing.
    """

    subject: str
    attribute: str
    value: str
    ends: bool = False
    exclusive: bool = True
    changes: bool = False
    timed: bool = False
    of: str = ""
    becomes: str = ""
    joins: bool = True
