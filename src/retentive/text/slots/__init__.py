"""What a text says about whom: subject, attribute and value, by rules.

Precise rather than complete: where the rules are not sure, they say nothing. Two
texts can only contradict each other in a slot, the same attribute of the same
subject.

``reading`` takes texts apart; ``english`` and ``chinese`` hold what a clause is,
``english_life`` and its like the rules by topic, ``…_words`` their words. ``stating``
and ``subjects`` say which sentences state something, and of whom.
"""

from retentive.text.slots.reading import Reading, read_slots
from retentive.text.slots.slot import ANY, Slot

__all__ = ["ANY", "Reading", "Slot", "read_slots"]
