"""Words too common to find anything by, and irregular forms that stemming misses."""

from __future__ import annotations

__all__ = ["HAN_STOP_CHARACTERS", "IRREGULAR", "STOP_WORDS"]

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are aren as at be
    because been before being below between both but by can could couldn d did
    didn do does doesn doing don down during each few for from further had hadn
    has hasn have haven having he her here hers herself him himself his how i if
    in into is isn it its itself just ll m me more most mustn my myself no nor
    not now of off on once only or other our ours ourselves out over own re s
    same shan she should shouldn so some such t than that the their theirs them
    themselves then there these they this those through to too under until up ve
    very was wasn we were weren what when where which while who whom why will
    with won would wouldn you your yours yourself yourselves
    """.split()
)
"""English function words, lower case, as they are left by splitting at apostrophes."""

HAN_STOP_CHARACTERS = frozenset(
    "的了是在我你他她它们这那有和与就都也很不没吗呢吧啊呀么什怎个之为以及着过把被让给对从到而但或"
)
"""Chinese characters that carry grammar: no terms by themselves, but in bigrams."""

IRREGULAR = dict(
    pair.split(":")
    for pair in """
    ate:eat eaten:eat beat:beat beaten:beat became:become began:begin begun:begin
    bent:bend bet:bet bit:bite bitten:bite bled:bleed blew:blow blown:blow
    bought:buy broke:break broken:break brought:bring built:build burnt:burn
    came:come caught:catch children:child chose:choose chosen:choose clung:cling
    crept:creep dealt:deal drank:drink drawn:draw dreamt:dream drew:draw
    driven:drive drove:drive drunk:drink dug:dig fed:feed feet:foot fell:fall
    fallen:fall felt:feel fled:flee flew:fly flown:fly forbade:forbid forgot:forget
    forgotten:forget forgave:forgive forgiven:forgive fought:fight found:find
    froze:freeze frozen:freeze gave:give geese:goose given:give gone:go goes:go got:get
    gotten:get grew:grow grown:grow heard:hear held:hold hid:hide hidden:hide
    hung:hang kept:keep knelt:kneel knew:know known:know laid:lay lain:lie led:lead
    leapt:leap learnt:learn left:leave lent:lend lit:light lost:lose made:make
    meant:mean men:man met:meet mice:mouse mistook:mistake overcame:overcome
    paid:pay people:person ran:run rang:ring rung:ring risen:rise rode:ride
    ridden:ride rose:rise said:say sang:sing sank:sink sat:sit saw:see seen:see
    sent:send sewn:sew shaken:shake shone:shine shook:shake shot:shoot shown:show
    shrank:shrink slept:sleep slid:slide sold:sell sought:seek sown:sow spent:spend
    spilt:spill spoke:speak spoken:speak sprang:spring stole:steal stolen:steal
    stood:stand struck:strike stuck:stick stung:sting sung:sing swam:swim
    swum:swim swept:sweep swore:swear sworn:swear swung:swing taken:take
    taught:teach teeth:tooth thought:think threw:throw thrown:throw told:tell
    took:take tore:tear torn:tear understood:understand went:go wept:weep woke:wake
    woken:wake women:woman won:win wore:wear worn:wear wound:wind withdrew:withdraw
    wives:wife wrote:write written:write lives:life knives:knife leaves:leaf
    loaves:loaf halves:half shelves:shelf thieves:thief wolves:wolf oxen:ox
    better:good best:good worse:bad worst:bad kids:child kid:child mom:mother
    mum:mother dad:father mommy:mother daddy:father
    """.split()
)
"""Irregular English forms and the word that they are a form of."""
