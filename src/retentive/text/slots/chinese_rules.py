"""Chinese rules: where people live and work, whom they know, what they do and have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from retentive.text.normalise import canonical
from retentive.text.slots.chinese import Rule, bare, rule, subject, value
from retentive.text.slots.chinese_words import (
    ATTRIBUTES,
    COUNTED,
    EVENTS,
    OCCUPATIONS,
    PARTNERS,
    ROLES,
    SAME,
    SCHOOLS,
    THINGS,
)
from retentive.text.slots.slot import ANY, Slot

__all__ = ["RULES"]

_NUMBER = r"[\d一二两三四五六七八九十百千万半零点]+"
_HOUR = r"(?:早上|晚上|凌晨|中午|下午|上午|半夜)?[\d一二两三四五六七八九十]+点(?:半|钟|[\d一二三四五十]+分?|一刻)?"
_DAYS = r"(?:(?:周|星期|礼拜)[一二三四五六日天末][一二三四五六日天末、和与]*(?:早上|晚上|上午|下午|中午)?)"
_SEASON = r"(?:[一二三四五六七八九十\d]+月份?|暑假|寒假|国庆|春节|五一|元旦|圣诞节?|周末|年底|春天|夏天|秋天|冬天|今年夏天|明年)"
_MEAL = r"(?:早上|中午|晚上|早餐|午餐|晚餐|早饭|午饭|晚饭|下午)"
_MOVED = r"(?:改到|改在|改期到|推迟到|延期到|延到|提前到|挪到|换到|改为|调到|调整到|改签到|改成|顺延到)"
_STATUS = {"已婚": "结婚", "离异": "离婚", "再婚": "结婚"}
_TIME = re.compile(
    rf"{_NUMBER}(?:点|号|日|月|时)|周|星期|礼拜|明天|后天|今天|上午|下午|晚上|早上|中午|\d:\d"
)

_Make = Callable[[re.Match[str]], Slot | None]


def _fact(
    attribute: str, *, ends: bool = False, changes: bool = False, exclusive: bool = True
) -> _Make:
    """Return what makes slots of an attribute; a negation ends it."""

    def make(match: re.Match[str]) -> Slot | None:
        words = value(match["v"])
        if words is None:
            return None
        return Slot(
            subject=subject(match),
            attribute=attribute,
            value=words,
            ends=ends or bool(match.groupdict().get("n")),
            changes=changes,
            exclusive=exclusive,
        )

    return make


def _over(attribute: str) -> _Make:
    """Return what ends an attribute, whatever its value was."""
    return lambda match: Slot(
        subject=subject(match), attribute=attribute, value="", ends=True, changes=True
    )


def _yes_or_no(attribute: str) -> _Make:
    """Return what makes slots of habits of everybody: smoking, alcohol."""

    def make(match: re.Match[str]) -> Slot | None:
        no = any(match.groupdict().get(name) for name in ("n", "q"))
        return Slot(subject=subject(match), attribute=attribute, value="no" if no else "yes", of=attribute)  # fmt: skip

    return make


def _own(match: re.Match[str]) -> Slot | None:
    attribute, words = SAME.get(match["a"], match["a"]), value(match["v"])
    if words is None:
        return None
    vague = match["v"].lstrip("是").startswith(("个", "一个", "我的", "去", "来"))
    if vague and re.fullmatch(ROLES, match["a"]):
        return None  # 我的老板是个好人 says not who that is
    exclusive = attribute != "occupation"
    return Slot(subject=subject(match), attribute=attribute, value=words, exclusive=exclusive)  # fmt: skip


def _relationship(match: re.Match[str]) -> Slot | None:
    status = _STATUS.get(match["v"], match["v"])
    return Slot(subject=subject(match), attribute="relationship", value=status)


def _diet(match: re.Match[str]) -> Slot | None:
    what = "素" if "素" in match["v"] else match["v"]
    return Slot(subject=subject(match), attribute="diet", value=what, ends=bool(match["n"]))  # fmt: skip


def _allergy(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    no = "不" in (match["q"] or "")
    return Slot(subject=subject(match), attribute=f"过敏 {words}", value="no" if no else "yes")  # fmt: skip


def _favorite(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    attribute = f"最喜欢的{canonical(match['a'])}"
    return Slot(subject=subject(match), attribute=attribute, value=words)


def _liking(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    against = bool(match["n"]) or match["w"] in ("讨厌", "受不了", "厌倦", "腻")
    return Slot(
        subject=subject(match),
        attribute=f"喜欢 {words}",
        value="no" if against else "yes",
        of=words,
    )


def _habit(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None or words.startswith(("了", "完", "到", "会", "过", "得")):
        return None
    no = any(match.groupdict().get(name) for name in ("n", "q"))
    verb = match["w"]
    return Slot(
        subject=subject(match),
        attribute=f"习惯 {verb}{words}",
        value="no" if no else "yes",
        of=words,
    )


def _meal(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None or words.startswith(("了", "完", "到", "过")):
        return None
    attribute = f"{match['t']}{match['w']}"
    return Slot(subject=subject(match), attribute=attribute, value=words, exclusive=False)  # fmt: skip


def _amount(match: re.Match[str]) -> Slot | None:
    attribute = f"{match['w']}多少{match['t']}{match.groupdict().get('o') or ''}"
    return Slot(subject=subject(match), attribute=attribute, value=match["v"], exclusive=False)  # fmt: skip


def _afraid(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    held = "no" if match["n"] else "yes"
    return Slot(subject=subject(match), attribute=f"怕 {words}", value=held, joins=False)  # fmt: skip


def _pregnant(match: re.Match[str]) -> Slot | None:
    held = "yes" if match["v"].startswith("怀") else "no"
    return Slot(subject=subject(match), attribute="怀孕", value=held, joins=False)


def _other(match: re.Match[str]) -> Slot | None:
    """Return what something of mine is that no table lists."""
    words = value(match["v"])
    if words is None or match["v"].startswith(("个", "一", "我", "最")):
        return None
    whose = subject(match) if match["s"] else "me"
    attribute = SAME.get(match["a"], match["a"])
    return Slot(subject=whose, attribute=attribute, value=words, exclusive=False)


def _rhythm(match: re.Match[str]) -> Slot | None:
    what = {"睡": "睡觉", "起": "起床"}.get(match["w"], match["w"])
    hour = re.sub("^(?:早上|晚上|上午|下午)", "", match["v"])
    return Slot(subject=subject(match), attribute=f"time to {what}", value=hour)


def _weekly(match: re.Match[str]) -> Slot | None:
    thing = value(match["v"])
    if thing is None:
        return None
    days = re.sub("^每个?", "", match["d"])
    return Slot(subject=subject(match), attribute=f"days of {thing}", value=days)


def _count(match: re.Match[str]) -> Slot | None:
    number = match["v"].replace("两", "二")
    attribute = f"number of {match['t']}"
    return Slot(subject=subject(match), attribute=attribute, value=number, exclusive=False)  # fmt: skip


def _gone(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    follows = match.groupdict().get("w")
    if words is None:
        return None
    return Slot(
        subject=subject(match),
        attribute=ANY,
        value=words.removeprefix("我的"),
        ends=True,
        changes=True,
        becomes=(value(follows) or "") if follows else "",
    )


def _event(match: re.Match[str]) -> Slot | None:
    groups = match.groupdict()
    what = canonical(match["e"]).removeprefix("我的").removeprefix("我们的")
    what = what.removeprefix("我")
    if groups.get("x"):
        return Slot(subject=what, attribute="time", value="", ends=True, changes=True, timed=True)  # fmt: skip
    words = value(match["v"])
    if words is None:
        return None
    timed = bool(_TIME.search(match["v"]))
    return Slot(
        subject=what,
        attribute="time" if timed else "place",
        value=words,
        changes=bool(groups.get("m")),
        timed=timed,
    )


def _trip(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    return Slot(
        subject="me",
        attribute=f"trip in {match['t']}",
        value=re.sub("(?:旅游|旅行|玩|度假)$", "", bare(words)),
        exclusive=False,
    )


def _left(match: re.Match[str]) -> Slot | None:
    words = value(match["v"] or match["w"])
    if words is None:
        return None
    return Slot(subject=subject(match), attribute="employer", value=words, ends=True, changes=True)  # fmt: skip


def _sold(match: re.Match[str]) -> Slot | None:
    words = value(match["v"] or match["w"])
    if words is None:
        return None
    return Slot(subject=subject(match), attribute=ANY, value=words, ends=True, changes=True)  # fmt: skip


def _mine(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    return Slot(subject="me", attribute=SAME.get(match["a"], match["a"]), value=words)


def _learn(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None:
        return None
    no = "no" if match["n"] else "yes"
    return Slot(subject=subject(match), attribute=f"学 {words}", value=no, of=words)


_KG = r"(?:公斤|千克|斤|kg|KG)"

RULES: Sequence[Rule] = (
    # 住处
    rule(r"<S><ADV><NOT><ADV>(?:住在|定居在|居住在|生活在|住(?!院|了|过|宿|得|校|进|的))<V>", _fact("home")),
    rule(r"(?P<s>我们?家)<ADV>在<V>", _fact("home")),
    rule(r"<S><ADV>(?:搬家?到了?|搬家?去了?|搬进了?|搬回了?|搬来|定居到?了?|移居到?了?|迁到了?)<V>",
         _fact("home", changes=True)),
    rule(r"<S><ADV>(?:和|跟|与)(?P<v>.{1,6}?)(?:一起|合)住了?", _fact("同住", exclusive=False)),
    rule(r"<S><ADV>(?:和|跟|与)(?P<v>.{1,6}?)住(?:在一起)?了?", _fact("同住", exclusive=False)),
    rule(r"<S><ADV>(?P<v>一个人|独自|自己)住了?", _fact("同住", exclusive=False)),
    # 学校和专业
    rule(r"<S><ADV>(?:上|升|升到|升上|升入|读|念)了?(?:小学|初中|高中)?(?P<v>[一二三四五六]年级)了?", _fact("年级")),
    rule(rf"<S><ADV>(?:在|就读于|上)(?P<v>.{{0,10}}?{SCHOOLS})(?:上学|读书|念书|就读|读.{{1,3}}年级|上.{{1,3}}年级|上课)?",
         _fact("school")),
    rule(rf"<S><ADV>(?:转学到了?|转学去了?|转到了?|考上了?|升入了?)(?P<v>.{{0,10}}?{SCHOOLS})了?", _fact("school", changes=True)),
    rule(r"<S><ADV>(?:转学到了?|转学去了?)<V>", _fact("school", changes=True)),
    rule(r"<S><ADV>毕业了?", _over("school")),
    rule(r"<S><ADV>(?:学的是|读的是|主修|攻读|的专业是)<V>", _fact("study")),
    rule(r"<S><ADV>(?:转专业(?:学|到|去|读)了?|改学|转读|转学(?=.+专业))<V>", _fact("study", changes=True)),
    # 工作
    rule(r"<S><ADV><NOT>在(?P<v>.+?)(?:工作|上班|任职|就职|当.+|做.+)了?", _fact("employer")),
    rule(r"<S><ADV>从.{1,12}?(?:跳槽|换|调|转)(?:到|去)了?<V>", _fact("employer", changes=True)),
    rule(r"<S><ADV>(?:从(?P<v>.{1,12}?)(?:辞职|离职|退休|毕业|走人)|被(?P<w>.{1,12}?)(?:裁|辞退|开除))了?",
         _left),
    rule(r"<S><ADV>(?:跳槽到了?|跳槽去了?|入职了?|加入了?|去了)(?P<v>.+?)(?:上班|工作)?了?", _fact("employer", changes=True)),
    rule(r"<S><ADV>(?:去|到)(?P<v>.+?)(?:上班|工作|任职)了?", _fact("employer", changes=True)),
    rule(r"<S><ADV>(?:调到|调去|派到|派去)了?(?P<v>.+?)(?:工作|上班)了?", _fact("employer", changes=True)),
    rule(r"<S><ADV>(?:辞职|失业|退休|被裁|离职|没有工作)了?", _over("employer")),
    rule(rf"<S><ADV>(?:是|当|做|成为了?|转行做了?|转行当了?|改行做了?|改行当了?|当上了?|改当|升职为了?|升为了?|做了|当了)"
         rf"(?:一[名个位])?(?P<v>{OCCUPATIONS})了?", _fact("occupation", exclusive=False)),
    # 人
    rule(rf"(?P<s>我)(?:的)?(?:新|现任)?(?:{PARTNERS})(?:的名字)?<ADV>(?:叫|是|名叫|换成了?)<V>", _fact("partner")),
    rule(rf"(?P<s>我)<ADV>的<ADV>(?:新|现任)?(?:{PARTNERS})(?:叫|是)<V>", _fact("partner")),
    rule(r"<S><ADV>(?:和|跟|与)(?P<v>.{1,6}?)(?:已经)?(?:分手|分开|离婚|分居|分)了?", _fact("partner", ends=True, changes=True)),
    rule(r"<S><ADV>(?:是)?(?P<v>单身|已婚|结婚|离婚|订婚|离异|再婚)(?:状态)?(?:了|的)?", _relationship),
    rule(r"<S><ADV>(?:和|跟|与)(?P<v>.{1,6}?)在?(?:谈恋爱|交往|恋爱|约会|在一起)(?:了|呢)?", _fact("partner")),
    rule(r"<S>(?:的名字)?<ADV>(?:叫做?|名叫)(?!我|人|了|来|醒|车|外卖)<V>", _fact("name")),
    rule(r"<S><ADV>(?:满了?)?(?P<v>[\d一二两三四五六七八九十百]+岁)了?", _fact("age")),
    rule(rf"(?:有事|以后)?<ADV>请?(?:发|打|寄|联系|加|发邮件)(?:到|给|至)?(?P<s>我)的?新?(?P<a>{ATTRIBUTES})(?:是|：|:)?<V>", _own),
    # 吃喝
    rule(r"<S><ADV><NOT><ADV>吃(?P<v>素|肉|荤|鱼)了?", _diet),
    rule(r"<S><ADV>(?P<n>不再|不)?<ADV>(?:是|成为了?|变成了?)(?:一?个)?(?P<v>素食者|素食主义者|纯素食者)了?", _diet),
    rule(r"<S>(?P<v>什么都吃)(?P<n>)", _diet),
    rule(r"<S><ADV>对(?P<v>.{1,10}?)(?P<q>(?:已经|现在|不再|再|也|不|严重|有点)*)过敏了?", _allergy),
    rule(r"<S><ADV><NOT><ADV>(?:抽|吸)烟了?", _yes_or_no("smoking")),
    rule(r"<S><ADV>(?P<q>戒烟|戒了烟|戒掉烟|戒掉了烟|把烟戒|把烟戒掉)了?", _yes_or_no("smoking")),
    rule(r"<S><ADV><NOT><ADV>喝(?:一?点儿?)?酒了?", _yes_or_no("alcohol")),
    rule(r"<S><ADV>(?P<q>戒酒|戒了酒|把酒戒)了?", _yes_or_no("alcohol")),
    rule(r"<S><ADV>(?P<q>戒了?|戒掉了?)(?P<v>咖啡|糖|奶茶|甜食|游戏|辣|可乐)了?", _gone),
    rule(rf"<S><ADV>(?P<t>{_MEAL})<ADV>改?(?P<w>喝|吃)<V>", _meal),
    # 喜好
    rule(r"<S><ADV>最(?:喜欢|爱)的?(?P<v>(?!颜)[^的是]{1,3}色)了?", _fact("最喜欢的颜色")),
    rule(r"<S><ADV>最(?:喜欢|爱)(?:吃|喝|看|听|玩|去)?的(?P<a>.+?)<ADV><SET><V>", _favorite),
    rule(r"<S><ADV><NOT><ADV>(?:很|特别|非常|最|太|挺)?(?P<w>喜欢上了?|喜欢|爱上了?|迷上了?|爱(?=[吃喝看听玩])|热爱|讨厌|受不了|厌倦)<V>", _liking),
    # 拥有
    rule(rf"<S>(?:的)?<ADV>(?:新)?(?:用的)?(?P<a>{ATTRIBUTES})<ADV>(?:每个?月)?<SET><V>", _own),
    rule(rf"<S>(?:的)?(?:新)?(?P<a>房租|工资|月薪)<ADV>(?:每个?月|一个月)?(?P<v>{_NUMBER}.*)", _own),
    rule(rf"(?P<s>).{{0,4}}把(?P<a>房租|租金|工资|月薪)(?:涨|降|调|加|减)到了?(?P<v>{_NUMBER}.*)", _mine),
    rule(rf"(?P<s>)(?P<a>房租|租金|工资)<ADV>(?:每个?月)?<SET>?(?:每个?月)?(?P<v>{_NUMBER}.*)", _mine),
    rule(rf"<S><ADV>用的?(?P<a>{THINGS})是<V>", _own),
    rule(rf"<S><ADV>(?:用|换了|换成了?|改用)(?:的是)?(?P<v>[^的了]{{1,8}}?)(?P<a>{THINGS})了?", _own),
    rule(rf"<S><ADV>换了?(?:一[辆台部只款]|个)?新?(?P<a>{ATTRIBUTES})(?:是|成)<V>", _own),
    rule(r"<S><ADV>开(?:的是|着|的)?(?:一[辆台部])?(?!会|车|始|心|门|学|玩|了|店|公司|灯|窗|口|过|发|朗)(?P<v>.{1,8})", _fact("车")),
    rule(rf"<S><ADV>(?:的?体重)?(?:重|瘦到了?|胖到了?|减到了?|降到了?|涨到了?|是)?(?P<v>{_NUMBER}{_KG})了?", _fact("体重")),
    rule(rf"<S><ADV>有(?P<v>{_NUMBER})(?:只|个|条|辆|头|匹|套)(?P<t>{COUNTED})了?", _count),
    rule(r"<S><ADV>(?:把|将)(?P<v>.{1,8}?)(?:换成了?|换为了?|改成了?)(?:一[辆台部只个])?(?P<w>.+)", _gone),
    rule(r"<S><ADV>从(?P<v>.{1,8}?)(?:换成了?|换到了?|改用|改成了?|转到了?)(?P<w>.+)", _gone),
    rule(r"<S><ADV>(?:把(?P<v>.{1,8}?)卖(?:掉)?了?|卖(?:掉)?了(?P<w>.{1,8}))", _sold),
    # 时间
    rule(rf"<S><ADV>(?:改成|改到|改为)?(?P<v>{_HOUR})(?:就|才|左右|开始)*(?P<w>起床|睡觉|睡|起|上班|下班|吃晚饭|吃午饭|吃早饭|出门|跑步)了?", _rhythm),
    rule(rf"<S><ADV>(?:改成|改到|改为)?(?P<d>每个?{_DAYS}|{_DAYS}都)(?:都|去|要|会)*(?P<v>(?!.*[我改是在])[^，]{{2,8}})", _weekly),
    rule(r"<S><ADV><NOT><ADV>在?(?P<w>学习|学)(?!会|到|的|了|过|得|校|生|完)<V>", _learn),
    rule(rf"<S><ADV>(?P<w>跑步?|走|游|读|看|写|睡|学|练|骑|喝|抽|吃)(?P<v>{_NUMBER})(?P<t>公里|千米|页|个?小时|分钟|步|本|杯|圈|次|瓶|支|根|碗)(?P<o>[^了，]{{0,4}})了?", _amount),
    rule(r"<S><ADV>(?P<w>)(?P<v>骑.{1,6}?|坐.{1,6}?|开车|走路|打车|步行)(?:去)?(?:上班|上学)了?", _fact("通勤")),
    rule(r"<S><ADV>上(?P<v>(?:高|初|大|小学|研)[一二三四五六])了?", _fact("年级")),
    rule(rf"<S><ADV>(?P<t>每[天周月]|一[天周])<ADV>(?P<w>[^，\d]{{1,4}}?)(?P<v>{_NUMBER})次了?", _amount),
    rule(r"<S><ADV><NOT><ADV>(?:很|特别|非常)?(?:害怕|怕)<V>", _afraid),
    rule(r"<S><ADV>(?:早上|晚上|凌晨|昨晚|夜里)*(?P<v>怀孕|怀上|生(?!气|病|日|活)(?:了|下了)?(?:个|一个)?(?:女儿|儿子|宝宝|孩子|女孩|男孩)?)了?", _pregnant),
    rule(r"<S><ADV><NOT><ADV>(?P<w>喝|吃|抽|玩|用|戴)<V>", _habit),
    rule(rf"(?P<e>.{{0,8}}?(?:{EVENTS}))<ADV>(?:已经|被)*(?P<x>取消)了?", _event),
    rule(rf"(?P<e>.{{0,8}}?(?:{EVENTS}))(?P<m><ADV>(?:被)?{_MOVED})了?<V>", _event),
    rule(rf"(?P<e>.{{0,8}}?(?:{EVENTS}))<ADV>(?:定在|安排在|是在|在|是|定于|订在)<V>", _event),
    rule(rf"(?P<e>.{{0,8}}?(?:{EVENTS}))(?P<v>(?:{_DAYS}|{_HOUR}).*)", _event),
    rule(rf"我?们?<ADV>(?:打算|计划|准备|要)?<ADV>(?P<t>{_SEASON})(?:打算|计划|准备|要)?(?:改去|改成去|去|改到)<V>", _trip),
    rule(rf"(?P<t>{_SEASON})改去<V>", _trip),
    rule(rf"(?P<s>我)(?:家)?的?(?:新|现任)?(?P<a>{ROLES})<ADV>姓<V>", _own),
    rule(r"(?P<s>我)(?:们)?(?:家)?的(?P<a>[^的是叫改换变，]{2,8}?)<ADV><SET><V>", _other),
    rule(r"(?P<s>我)新的(?P<a>[^的是叫改换变，]{2,8}?)<ADV><SET><V>", _other),
    rule(r"(?P<s>我)(?P<a>[追用看读玩]的[^的是]{1,4}?)<ADV>是<V>", _other),
    rule(r"(?P<s>)(?P<a>(?:wifi|WiFi|Wi-Fi|门禁|家里)?密码)<ADV>(?:是|改成了?|换成了?)<V>", _other),
)  # fmt: skip
