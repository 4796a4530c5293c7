"""What general words stand for: a question says "pet", a memory says "puppy".

Without a model, no spelling leads from one to the other. The table names, for
kinds of things that people ask their memories about, the general words of
questions and the particular words of answers, in English and Chinese. It is
common knowledge, written by hand; nobody's data is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from retentive.text.tokenise import terms

__all__ = ["TOPICS", "topics_asked", "topics_told"]

TOPICS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "activity": (
            "activity hobby pastime leisure fun interest 活动 爱好 兴趣 休闲 消遣 喜欢做",
            """hike camp swim run jog cycle bike yoga dance paint draw pottery knit sew
            garden cook bake photography fish kayak surf ski climb skate chess gaming
            craft museum picnic beach concert theater bowling golf tennis soccer
            basketball volleyball gym workout meditation volunteer 爬山 跑步 游泳 骑车
            瑜伽 跳舞 画画 书法 下棋 钓鱼 露营 摄影 唱歌 做饭 烘焙 园艺 健身 打球 围棋
            看书 旅游 徒步 滑雪 羽毛球 乒乓""",
        ),
        "sport": (
            "sport exercise workout athletic fitness 运动 体育 锻炼 健身",
            """soccer football basketball baseball tennis volleyball swim run marathon
            race gym yoga boxing karate hockey golf ski surf climb hike cycle team match
            coach league train weights 足球 篮球 排球 网球 羽毛球 乒乓 游泳 跑步 马拉松
            健身 瑜伽 拳击 滑雪 爬山 骑行 比赛 教练 训练""",
        ),
        "pet": (
            "pet animal 宠物 动物",
            """dog puppy cat kitten goldfish hamster rabbit bunny turtle tortoise bird
            parrot snake lizard guinea horse pony breed vet leash 狗 猫 小狗 小猫 金鱼
            仓鼠 兔子 乌龟 鹦鹉 鸟 遛狗 猫咪""",
        ),
        "music": (
            "instrument music musical musician band song 乐器 音乐 歌手 乐队",
            """guitar piano violin clarinet drum flute saxophone trumpet cello bass
            ukulele keyboard sing singer song concert band orchestra album playlist 吉他
            钢琴 小提 提琴 鼓 长笛 古筝 二胡 唱歌 歌曲 演唱 专辑""",
        ),
        "book": (
            "book novel author read 书 小说 作者 读物 书籍",
            """book novel series author read chapter story fantasy mystery biography
            memoir poem poetry bookshelf library 小说 传记 诗 散文 作者 读完 看完 章""",
        ),
        "film": (
            "movie film show watch 电影 影片 电视 节目 电视剧",
            """movie film series cinema episode season director actor documentary anime
            trilogy 电影 影院 导演 演员 纪录 动漫 剧集 上映""",
        ),
        "food": (
            """food dish meal eat cuisine recipe cook snack dessert 食物 菜 饭 美食 吃 口味
            料理 零食 点心""",
            """pizza pasta salad soup chicken fish sushi rice curry taco burger sandwich
            bread cake cookie pie chocolate vegetable vegetarian vegan roast grill bake
            cook dinner lunch breakfast restaurant delicious tasty recipe 火锅 饺子 面条
            米饭 烤鸭 烧烤 包子 粥 寿司 蛋糕 巧克 鱼 鸡 牛肉 猪肉 海鲜 素食 辣 甜 餐厅
            早餐 午餐 晚餐 好吃""",
        ),
        "diet": (
            """cook eat food meal dinner lunch breakfast cake dessert recipe restaurant menu
            dish serve snack ingredient 吃 菜 饭 做饭 晚饭 午饭 早饭 蛋糕 餐厅 菜单 请客""",
            """allergic allergy intolerant intolerance vegetarian vegan pescatarian gluten
            lactose celiac halal kosher diet avoid 过敏 素食 吃素 忌口 不吃 清真 乳糖 无糖
            低糖 戒""",
        ),
        "drink": (
            "drink beverage 饮料 喝",
            """coffee tea juice soda beer wine smoothie milk cocktail latte 咖啡 茶 果汁
            啤酒 红酒 牛奶 奶茶 可乐""",
        ),
        "work": (
            """job career occupation profession living employment employer 工作 职业 职位
            单位 公司 上班""",
            """job career work teacher engineer nurse doctor lawyer designer developer
            writer manager accountant chef artist scientist company office boss interview
            hire promote business startup freelance intern salary editor midwife
            paralegal electrician plumber carpenter pilot journalist programmer dentist
            librarian waiter barista mechanic photographer retire unemployed resign quit 编辑
            程序员 厨师 摄影师 辞职 失业 退休 跳槽 老师 教师 工程 护士 医生
            律师 设计 程序 作家 经理 会计 厨师 公司 老板 面试 升职 创业 实习 工资 银行
            医院 学校 记者 司机 销售""",
        ),
        "study": (
            """study degree major education school college university field 专业 学历 学校
            大学 毕业 学位""",
            """degree major college university class course study student graduate master
            phd diploma certificate exam psychology engineering business law medicine
            counseling 大学 专业 本科 硕士 博士 毕业 学习 课程 考试 计算 经济 法律 医学
            心理 高中 学位""",
        ),
        "travel": (
            """country nation abroad travel trip vacation visit destination holiday 国家
            旅行 旅游 出国 度假 去过 景点""",
            """italy france spain japan china england germany canada mexico brazil india
            thailand sweden norway ireland greece portugal australia rome paris london
            tokyo barcelona trip travel vacation flight road beach mountain lake island
            hotel tour 日本 韩国 泰国 法国 英国 美国 意大 云南 三亚 西藏 北京 上海 海边
            机票 酒店 旅行 旅游 出差 景区""",
        ),
        "place": (
            """city town state place location live hometown 城市 地方 地点 家乡 老家 住""",
            """city town village street downtown apartment neighborhood park lake museum
            island hometown move live 北京 上海 广州 深圳 杭州 成都 南京 武汉 西安 重庆
            省 市 县 村 老家 搬家 公寓 小区""",
        ),
        "family": (
            "family relative sibling parent 家人 亲戚 家庭 亲人 父母",
            """mom mother dad father parent sister brother husband wife son daughter kid
            child grandma grandpa aunt uncle cousin niece nephew 妈妈 爸爸 父亲 母亲 姐姐
            妹妹 哥哥 弟弟 丈夫 妻子 老公 老婆 儿子 女儿 爷爷 奶奶 外公 外婆 叔叔 阿姨
            表弟 表妹 堂弟 侄子""",
        ),
        "friend": (
            "friend companion 朋友 同伴",
            "friend buddy pal neighbor colleague roommate 朋友 邻居 同事 室友 同学 闺蜜",
        ),
        "partner": (
            """relationship partner spouse romantic marital status love 感情 对象 伴侣 恋爱
            婚姻""",
            """single marry married wedding engage engaged divorce divorced date dating
            girlfriend boyfriend fiance husband wife partner breakup 单身 结婚 离婚 订婚
            恋爱 分手 女朋 男朋 相亲""",
        ),
        "health": (
            """health condition illness disease medical allergy allergic injury symptom 健康
            身体 疾病 病 过敏 症状 受伤""",
            """doctor hospital sick pain surgery diagnose allergy allergic asthma diabetes
            injury hurt broken sprain flu medicine medication therapy checkup 医院 医生 感冒
            发烧 手术 过敏 哮喘 糖尿 血压 疼 受伤 骨折 吃药 体检 失眠 胃""",
        ),
        "gift": (
            "gift present 礼物 礼品",
            """gift present gave receive birthday necklace card surprise bought 礼物 送 生日
            项链 惊喜 收到""",
        ),
        "vehicle": (
            "car vehicle transport drive 车 交通 汽车",
            """car truck suv prius motorcycle bike van drive garage mechanic bus train
            subway toyota honda ford tesla volkswagen fiat kia hyundai nissan mazda volvo
            renault peugeot audi bmw mercedes subaru skoda chevrolet 丰田 本田 大众 特斯 比亚
            奥迪 宝马 奔驰 汽车 开车 电动 摩托 自行 地铁 公交 高铁 修车 驾照""",
        ),
        "art": (
            "art artwork artist creative 艺术 作品 美术",
            """paint draw sculpture pottery canvas gallery exhibit sketch portrait
            watercolor photography abstract clay 画 油画 水彩 素描 雕塑 陶艺 画展 摄影 书法""",
        ),
        "event": (
            "event attend participate celebrate occasion 活动 参加 庆祝 聚会",
            """festival parade conference workshop fair concert race party wedding
            ceremony tournament show meeting fundraiser marathon convention class 婚礼 聚会
            晚会 比赛 会议 讲座 展览 音乐 典礼 生日 年会 培训""",
        ),
        "charity": (
            "charity cause volunteer community 公益 慈善 志愿",
            """volunteer shelter charity homeless donate fundraiser community mentor
            veteran 志愿 捐款 捐 义工 公益 支教 救助""",
        ),
        "goal": (
            "goal plan dream ambition aspiration future 目标 计划 梦想 打算 愿望",
            """want hope plan goal aim save future someday dream 想要 希望 打算 计划 准备
            目标 将来 以后""",
        ),
        "feeling": (
            "feel feeling emotion mood 感觉 心情 情绪 感受",
            """happy sad excite nervous anxious proud scared grateful thankful stress
            overwhelm relieve frustrate lonely upset thrill 开心 高兴 难过 紧张 焦虑 骄傲
            害怕 感激 压力 失落 孤独 兴奋 生气""",
        ),
        "color": (
            "color colour 颜色",
            """red blue green yellow purple pink orange black white brown 红 蓝 绿 黄 紫
            粉 黑 白 灰""",
        ),
        "clothes": (
            "clothes clothing wear outfit 衣服 穿",
            """shirt dress shoe jacket hat jeans sweater boot scarf coat 衬衫 裙子 鞋 外套
            帽子 牛仔 毛衣 围巾 西装""",
        ),
        "plant": (
            "plant flower 植物 花",
            """rose sunflower tulip lily cactus tomato herb tree basil garden dahlia 玫瑰
            向日 百合 仙人 番茄 树 兰花 月季 种""",
        ),
        "device": (
            "device gadget technology tech app software 设备 电子 软件 手机",
            """phone laptop computer tablet watch app headphone camera tv console tool code
            手机 电脑 平板 手表 耳机 相机 电视 软件 代码""",
        ),
        "language": (
            "language 语言 外语",
            """english spanish french german chinese japanese italian korean mandarin 英语
            日语 法语 德语 韩语 西班 普通 粤语""",
        ),
        "character": (
            "personality trait character 性格 个性 特点",
            """kind caring thoughtful brave creative passionate driven honest patient
            supportive 温柔 善良 勇敢 开朗 内向 外向 耐心 热情 诚实 细心 幽默""",
        ),
        "belief": (
            "religion religious spiritual faith belief 宗教 信仰",
            "church temple prayer pray bible faith meditation god 教堂 寺 庙 祈祷 佛 上帝",
        ),
        "schedule": (
            """schedule calendar appointment available busy agenda deadline due 日程 安排
            预约 有空 空闲 截止""",
            """appointment meeting dentist doctor flight deadline exam interview rehearsal
            visit booked reservation 预约 会议 开会 考试 面试 航班 截止 挂号 预订""",
        ),
        "contact": (
            "contact reach phone email address number 联系 电话 邮箱 地址 号码 微信",
            "phone email address number call street apartment 电话 邮箱 地址 号码 微信 楼",
        ),
        "money": (
            "money financial finance income 钱 财务 收入 经济",
            """salary pay rent loan debt save budget bill afford 工资 房租 贷款 存款 预算 账单
            花费 省钱""",
        ),
    }
)
"""Kinds of things: the words that ask for one, and those that tell of one."""


def topics_asked(query: Iterable[str]) -> int:
    """Return the kinds that a question's index terms ask for, as bits."""
    return _bits(query, _tables()[0])


def topics_told(memory: Iterable[str]) -> int:
    """Return the kinds that a memory's index terms tell of, as bits."""
    return _bits(memory, _tables()[1])


def _bits(found: Iterable[str], table: Mapping[str, int]) -> int:
    bits = 0
    for term in table.keys() & found:
        bits |= table[term]
    return bits


@cache
def _tables() -> tuple[Mapping[str, int], Mapping[str, int]]:
    asking: dict[str, int] = {}
    telling: dict[str, int] = {}
    for place, (ask, tell) in enumerate(TOPICS.values()):
        for table, listed in ((asking, ask), (telling, tell)):
            for word in listed.split():
                for term in _terms_of(word):
                    table[term] = table.get(term, 0) | 1 << place
    return asking, telling


def _terms_of(word: str) -> list[str]:
    """Return the index terms of a listed word; of Chinese ones the pairs."""
    if word.isascii():
        return terms(word)
    # Not by terms(): the list is simplified, and the folding table loads slowly.
    return [word[place : place + 2] for place in range(max(1, len(word) - 1))]
