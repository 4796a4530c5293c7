"""Everyday wordings of facts that change, and of pairs that only look like it.

Written to develop the rules with, beside the stories in ``benchmarks/stories``.
"""

from __future__ import annotations

CHANGED = """
# home
I live in Lyon. | We've settled down in Nantes. | home
I'm living in Hamburg. | I relocated to Bremen for work. | home
I'm based in Austin. | I am now based in Denver. | home
My home is in Dundee. | I've moved house to Perth. | home
I reside in Porto. | I moved back to Braga last month. | home
My parents live in Gdansk. | My parents have moved to Sopot. | home of others
My address is 12 Hill Road. | My new address is 7 Mill Lane. | address
My address is 12 Hill Road. | I changed my address to 7 Mill Lane. | address
# work
I work for Lidl. | I've joined Aldi. | employer
I work at Nokia. | I got a new job at Ericsson. | employer
I'm working for Bosch. | I'm now working at Miele. | employer
I'm employed at Renault. | I switched jobs and work for Peugeot now. | employer
I work at a bakery. | I quit my job at the bakery. | employer ends
I work at Shell. | I don't work at Shell anymore. | employer ends
I work at Shell. | I was laid off by Shell. | employer ends
My job is accountant. | My job is now auditor. | job
I work as a waiter. | I became a bartender. | job
I'm a nurse. | I've retrained as a midwife. | job
I work as a junior developer. | I got promoted to senior developer. | job
My sister works at IKEA. | My sister started at H&M. | employer of others
# people
I'm dating Paul. | I broke up with Paul. | partner ends
My boyfriend's name is Paul. | My boyfriend is called Ravi now. | partner
My girlfriend is Mia. | My new girlfriend is Zoe. | partner
I'm in a relationship with Paul. | Paul and I split up. | partner ends
I'm married. | I'm divorced now. | relationship
I'm single. | I'm in a relationship now. | relationship
My sister is engaged. | My sister got married in May. | relationship of others
My cousin is married. | My cousin got divorced. | relationship of others
My boss is Ruth. | My new boss is called Sven. | boss
My manager's name is Ruth. | I have a new manager, Sven. | boss
My doctor is Dr Weiss. | I changed doctors, I see Dr Braun now. | doctor
My doctor is Dr Weiss. | I switched to a new doctor, Dr Braun. | doctor
My therapist is called Ines. | I've got a new therapist called Jonas. | therapist
My roommate is Lea. | Nora is my roommate now. | roommate
My hairdresser is Kim. | My hairdresser is Toni these days. | hairdresser
# contact
My number is 555 1111. | My number has changed to 555 2222. | phone
You can reach me at 555 1111. | You can now reach me on 555 2222. | phone
My phone number is 555 1111. | I've got a new number: 555 2222. | phone
My email is bo@old.example. | You can email me at bo@new.example from now on. | mail
My username is bo_1. | I changed my username to bo_2. | username
# food
I'm vegan. | I'm not vegan anymore. | diet ends
I'm a vegetarian. | I've gone vegan. | diet
I'm vegetarian. | I've been vegan since March. | diet
I eat everything. | I've become a vegetarian. | diet
I'm on a keto diet. | I gave up keto. | diet ends
I eat fish. | I stopped eating fish. | habit
I'm allergic to cats. | I'm no longer allergic to cats. | allergy
I have a peanut allergy. | I outgrew my peanut allergy. | allergy
I'm lactose intolerant. | I'm not lactose intolerant anymore. | intolerance
I drink my coffee black. | I drink my coffee with milk now. | coffee
I take my tea with sugar. | I take my tea without sugar these days. | tea
I drink coffee every morning. | I've given up coffee. | habit ends
I smoke. | I quit smoking. | smoking
I smoke a pack a day. | I don't smoke anymore. | smoking
I drink alcohol. | I've stopped drinking alcohol. | drinking
# likes
I love sushi. | I've gone off sushi. | likes
I'm a big fan of opera. | I can't stand opera anymore. | likes
I hate running. | I've come to love running. | likes
I'm into chess. | I'm not into chess anymore. | likes
My favourite food is ramen. | My favourite food used to be ramen, now it's pho. | favourite
My favorite author is Woolf. | My new favorite author is Morrison. | favourite
Green is my favourite colour. | My favourite colour is purple now. | favourite
I prefer trains over buses. | These days I prefer buses over trains. | preference
# things
I drive a Toyota. | I drive a Honda now. | car
I drive a Toyota. | I sold my Toyota. | car ends
I drive a Toyota. | I traded my Toyota for a Honda. | car swapped
I have a Pixel phone. | I swapped my Pixel phone for an iPhone. | phone swapped
My laptop is a Dell. | I replaced my Dell with a MacBook. | laptop swapped
I use Chrome as my browser. | I use Brave as my browser now. | browser
I use Chrome as my browser. | I switched from Chrome to Brave. | browser swapped
My editor is Vim. | I've switched from Vim to Emacs. | editor swapped
I bank with Lloyds. | I bank with Starling now. | bank
I subscribe to Netflix. | I cancelled my Netflix subscription. | subscription ends
We have two dogs. | We have three dogs now. | count
I have one brother. | I have two brothers now. | count
# numbers
I weigh 90 kilos. | I weigh 84 kilos now. | weight
I weigh 90 kilos. | I'm down to 84 kilos. | weight
I'm 160 cm tall. | I'm 163 cm tall now. | height
My rent is 800 euros. | My rent went up to 870 euros. | rent
I pay 800 euros in rent. | I pay 870 euros in rent now. | rent
I earn 3000 euros a month. | I earn 3400 euros a month now. | pay
My salary is 50k. | My salary was raised to 55k. | pay
I'm twenty-nine. | I turned thirty. | age
My son is five. | My son turned six yesterday. | age of others
My daughter is 9. | My daughter is 10 years old now. | age of others
I wear size 40 shoes. | I wear size 41 shoes now. | size
# study
I'm studying law. | I switched my major to history. | study
I study physics. | I'm studying maths now. | study
I go to Oakwood High. | I transferred to Elmwood High. | school
My son goes to Oakwood Primary. | My son started at Elmwood Primary. | school of others
I'm learning Spanish. | I stopped learning Spanish. | learning
# times
My yoga class is on Mondays. | My yoga class is on Thursdays now. | schedule
The choir rehearsal is on Tuesday evening. | The choir rehearsal was moved to Friday evening. | event
My interview is at 10 on 3 May. | My interview got postponed to 9 May. | event
I get up at seven. | I get up at six now. | rhythm
I go to bed at eleven. | I go to bed at ten these days. | rhythm
I go swimming on Mondays. | I go swimming on Fridays now. | rhythm
I play tennis on Saturdays. | I play tennis on Sundays now. | rhythm
Our flight leaves at 7:10. | Our flight now leaves at 9:30. | event
The party is on Saturday. | The party has been cancelled. | event ends
We're getting married on 4 July. | We're getting married on 18 July instead. | event
The deadline is 5 June. | They extended the deadline to 19 June. | event
I work night shifts. | I work day shifts now. | shift
I'm going to Rome in May. | I'm going to Vienna in May instead. | plan
# Chinese
我住在杭州。 | 我搬家到宁波了。 | home
我家在杭州。 | 我家搬到宁波了。 | home
我现在住杭州。 | 我刚搬去宁波。 | home
我爸妈住在沈阳。 | 我爸妈搬到大连了。 | home of others
我的地址是人民路一号。 | 我的地址改成中山路九号了。 | address
我在百度上班。 | 我去美团上班了。 | employer
我在百度工作。 | 我从百度跳槽到了美团。 | employer
我在百度工作。 | 我不在百度工作了。 | employer ends
我在百度工作。 | 我从百度辞职了。 | employer ends
我在一家医院当护士。 | 我现在在一家学校当老师。 | employer
我是一名老师。 | 我转行做了律师。 | job
我女朋友叫小美。 | 我和小美分手了。 | partner ends
我女朋友是小美。 | 我的新女朋友是小云。 | partner
我是单身。 | 我结婚了。 | relationship
我结婚了。 | 我离婚了。 | relationship
我姐姐订婚了。 | 我姐姐上个月结婚了。 | relationship of others
我的老板是王明。 | 我的新老板是李强。 | boss
我老板是王明。 | 我老板换成李强了。 | boss
我的医生是陈大夫。 | 我换医生了，现在是刘大夫。 | doctor
我的电话是12345678。 | 我换了电话号码，新号码是87654321。 | phone
我的微信是abc123。 | 我的微信改成xyz789了。 | wechat
我的邮箱是a@x.example。 | 以后请发到我的新邮箱b@x.example。 | mail
我吃素。 | 我不吃素了。 | diet ends
我是素食者。 | 我现在开始吃肉了。 | diet
我吃肉。 | 我开始吃素了。 | diet
我对猫过敏。 | 我对猫不过敏了。 | allergy
我抽烟。 | 我戒烟了。 | smoking
我每天喝酒。 | 我戒酒了。 | drinking
我早上喝咖啡。 | 我早上改喝茶了。 | habit swapped
我喜欢吃辣。 | 我现在不喜欢吃辣了。 | likes
我讨厌跑步。 | 我现在爱上跑步了。 | likes
我最喜欢的歌手是周杰伦。 | 我现在最喜欢的歌手是林俊杰。 | favourite
我最爱吃的菜是红烧肉。 | 我最爱吃的菜变成了清蒸鱼。 | favourite
我开丰田。 | 我现在开本田。 | car
我开的是丰田。 | 我把丰田换成了本田。 | car swapped
我用的手机是小米。 | 我的手机换成了华为。 | phone
我用苹果手机。 | 我换了华为手机。 | phone
我的体重是七十公斤。 | 我的体重降到六十五公斤了。 | weight
我七十公斤。 | 我瘦到六十五公斤了。 | weight
我的房租是两千。 | 我的房租涨到两千五了。 | rent
我的工资是八千。 | 我的工资涨到了一万。 | pay
我今年二十九岁。 | 我三十岁了。 | age
我儿子五岁。 | 我儿子六岁了。 | age of others
我学的是法律。 | 我转专业学历史了。 | study
我的专业是法律。 | 我的专业换成了历史。 | study
我女儿在一中上学。 | 我女儿转学到二中了。 | school of others
我在学法语。 | 我不学法语了。 | learning
我每天七点起床。 | 我现在每天六点起床。 | rhythm
我十一点睡觉。 | 我现在十点就睡觉。 | rhythm
我每周一游泳。 | 我现在每周五游泳。 | rhythm
例会在每周二下午。 | 例会改到每周四下午了。 | event
聚会定在周六晚上。 | 聚会取消了。 | event ends
我的航班是上午九点。 | 我的航班改到下午两点了。 | event
我打算五月去罗马。 | 我五月不去罗马了，改去维也纳。 | plan
我家有两只狗。 | 我家现在有三只狗。 | count
# the same sentence with another number, day or name
I water the ficus every Tuesday. | I water the ficus every Friday now. | day
I keep three goldfish in the pond. | I keep five goldfish in the pond now. | number
I share my office with Nadia. | I share my office with Emil now. | name
My sourdough takes nine hours. | My sourdough takes seven hours now. | number
I'm scared of spiders. | I'm not scared of spiders anymore. | trait
我每天给花浇两次水。 | 我现在每天给花浇三次水。 | number
# in less common words
I've lived in Bergen for six years. | Guess what, we've just moved to Bodø! | home
My number is 555 0101. | I have a new number, it is 555 0202. | phone
I drink about five teas a day. | I'm down to two teas a day. | how much
My email is bo@x.example. | My email has changed, it's bo@y.example now. | mail
My bike is a green Trek. | My bike got stolen, my new one is a black Cube. | bike
My friend Ida lives in Lund. | Ida has moved to Malmö. | home of others
My aunt smokes a pipe. | My aunt gave up smoking. | smoking
My cousin is pregnant. | My cousin had her baby this morning. | pregnant
I'm in my first year of law. | I'm in my second year of law. | year
My aunt lives alone in Narvik. | My aunt moved in with my cousin in Tromsø. | home of others
我每天抽三根烟斗。 | 我现在每天抽一根烟斗。 | how much
我害怕打雷。 | 我已经不怕打雷了。 | trait
我表姐怀孕了。 | 我表姐昨晚生了。 | pregnant
我的车是红色的别克。 | 我买了新车，是一辆奥迪。 | car
我每周二去爬山。 | 我现在改成每周六爬山了。 | rhythm
Our place is a houseboat in Delft. | We finally moved to Leiden, boxes everywhere. | home
My favourite band is Blur. | These days my favourite band is Big Star. | favourite
I drive an old Ford Escort. | Sold the Escort and got myself a Mini. | car swapped
My ferry to Texel leaves at 6:40. | They changed my ferry to Texel, it now leaves at 8:10. | event
I get up at half past five. | I get up at six now because of the kids. | rhythm
My grandpa is in hospital. | My grandpa is back home from hospital. | whereabouts
My email is bo@x.example. | Please write to bo@y.example from now on. | mail
I subscribe to Deezer. | I cancelled Deezer and use Qobuz now. | subscription swapped
I smoke about five cigarettes a day. | I quit smoking in May. | smoking
I work from the office every day. | I work from home three days a week now. | place of work
I use Opera as my browser. | I've switched over to Vivaldi for browsing. | browser
I eat meat maybe once a week. | I went fully vegetarian in autumn. | diet
My landlord is a Mr Brook. | The house was sold, so my landlord is now Mrs Field. | landlord
我弟弟在读高中。 | 我弟弟毕业了。 | school ends
I teach at Lincoln School. | I teach at Roosevelt School now.
I'm seeing a guy named Luis. | I'm not seeing Luis anymore.
My husband is called Erik. | Erik and I got divorced.
My GP is Dr Shah. | My GP is Dr Osei now, Dr Shah retired.
Our cleaner is Maria. | Our new cleaner is Petra.
My cell is 555-3333. | Use my new cell: 555-4444.
My Instagram handle is @bo.pics. | My Instagram handle is now @bo.shots.
I don't eat gluten. | I can eat gluten again.
I never drink alcohol. | I drink wine now and then these days.
I can't eat dairy. | I can eat dairy again now.
My go-to order is a flat white. | My go-to order is an oat latte now.
I like my steak rare. | I like my steak well done these days.
I ride a Vespa. | I sold the Vespa.
I own a Kindle. | I gave away my Kindle.
I use Slack at work. | We moved from Slack to Teams at work.
I pay with Visa. | I pay with Mastercard now.
Our wifi password is tulip7. | The wifi password is now daisy9.
My budget is 300. | I raised my budget to 400.
I run 5k every morning. | I run 10k every morning now.
My bedtime is 11pm. | I moved my bedtime to 10pm.
Standup is at 9:30. | Standup moved to 10:00.
Our team meeting is on Monday. | The team meeting is on Wednesday from now on.
My exam is on June 3. | My exam got moved up to May 28.
Check-in is at 3pm. | Check-in is at 4pm now.
Our trip to Spain is in July. | Our trip to Spain is in September now.
I'm training for a marathon. | I stopped training for the marathon.
I take vitamin D. | I stopped taking vitamin D.
My blood pressure is 140 over 90. | My blood pressure is down to 125 over 80.
我目前定居上海。 | 我移居杭州了。
我是银行柜员。 | 我现在是客户经理了。
我跟阿强在谈恋爱。 | 我跟阿强分了。
我老公叫大伟。 | 我和大伟离婚了。
我的家庭医生姓陈。 | 我的家庭医生现在姓黄。
我不能吃海鲜。 | 我现在可以吃海鲜了。
我不喝酒。 | 我现在偶尔喝点酒。
我特别爱喝可乐。 | 我不爱喝可乐了。
我骑电动车上班。 | 我现在坐地铁上班。
我家的wifi密码是abc123。 | wifi密码改成xyz789了。
我每天跑五公里。 | 我现在每天跑十公里。
周会是周一上午十点。 | 周会改成周二了。
我的驾照考试在五月十号。 | 我的驾照考试延期到五月二十号了。
我的血压是一百四。 | 我的血压降到一百二了。
我上高二。 | 我上高三了。
# two statements of one subject, a reason before, somebody else who changes it
I drive a Honda Civic. | I sold the Civic and bought a Tesla. | car
My laptop is a Dell. | I bought a MacBook to replace the Dell. | laptop
I usually get up at six. | Since the baby came I get up at five. | rhythm
My boss is Karen. | Karen left the company, so now I report to David. | boss
My rent is 900 euros. | The landlord raised the rent to 980. | rent
Our wifi password is apple1. | We changed the wifi password to pear2. | password
My favourite band is Muse. | My favourite band these days is Wilco. | favorite
My email is ann@old.example. | Please use ann@new.example from now on. | mail
I work at the post office. | I got a new job at the town hall. | employer
I'm learning Spanish. | I gave up Spanish and am learning Italian. | learning
# ways, grades, hopes
I take the bus to work. | I cycle to work now. | way to work
My daughter is in second grade. | My daughter started third grade this week. | grade
My son wants to be a pilot. | My son now wants to be a vet. | ambition
We have two cats. | One of our cats died, so we only have one cat left. | number
I'm a smoker. | I quit smoking in January. | smoking
I'm vegetarian. | I started eating meat again last month. | diet
我最喜欢的颜色是蓝色。 | 我现在最喜欢绿色了。 | 颜色
我儿子上小学二年级。 | 我儿子升三年级了。 | 年级
我老板姓王。 | 王总走了，新老板姓李。 | 老板
房租三千。 | 房东把房租涨到三千五了。 | 房租
I own a house in Kent. | We sold the house in Kent last week. | house
My dentist is Dr. Fox. | I've changed to another dentist, Dr. Hale. | dentist
I teach maths. | This year I teach physics instead of maths. | teaching
I live with my parents. | I moved out of my parents' place; I live alone now. | household
My dog is called Max. | Max died; we have a new dog called Rocky. | pet
I am 70 kg. | I've put on weight, I'm 75 kg now. | weight
I sleep six hours a night. | I sleep eight hours a night now. | sleep
I'm on the night shift. | I've been put on the day shift. | shift
My salary is 3000 a month. | They gave me a raise: I earn 3400 a month now. | salary
The conference will be in Vienna. | They relocated the conference to Prague. | place
我丈夫在深圳工作。 | 我丈夫调到成都工作了。 | 工作
我的牙医是李医生。 | 我换了牙医，现在看王医生。 | 牙医
我和室友住。 | 我现在一个人住。 | 同住
我每周跑步三次。 | 我现在每周跑步五次。 | 次数
我戴眼镜。 | 我做了近视手术，不戴眼镜了。 | 眼镜
"""
"""``old | new | what it is about``, a pair a line: the second closes the first."""

ALIKE = """
# other people
I live in Lyon. | My brother moved to Nantes.
I live in Lyon. | Paul has moved to Nantes.
I work at Nokia. | My sister got a new job at Ericsson.
My sister is married. | My cousin got divorced.
My boss is Ruth. | My sister's boss is Sven.
My phone number is 555 1111. | Paul's new number is 555 2222.
I'm vegan. | My brother isn't vegan anymore.
I'm allergic to cats. | My dad is no longer allergic to cats.
I drive a Toyota. | My neighbour drives a Honda now.
I drive a Toyota. | My uncle sold his Toyota.
I smoke. | My mother quit smoking.
My son is five. | My nephew turned six yesterday.
My son goes to Oakwood Primary. | My daughter started at Elmwood Primary.
I get up at seven. | My husband gets up at six now.
My friend lives in Lyon. | My friend moved to Nantes.
A colleague is single. | My colleague got married.
我朋友住在杭州。 | 我朋友搬到宁波了。
She lives in Lyon. | She moved to Nantes.
My friend lives in Lyon. | My friend Paul moved to Nantes.
Her phone number is 555 1111. | Her phone number is 555 2222.
他住在杭州。 | 他搬到宁波了。
# other things
I live in Ireland. | Next month, I'm off to Ireland for a semester.
I live in Lyon. | We moved from Slack to Teams.
I work at Nokia. | We moved from Nokia phones to iPhones.
My room is 27. | My room is cold.
I'm doing well. | I'm doing yoga.
My goal is to run a marathon. | My goal is to read more.
My laptop is a Dell. | My laptop is dead.
I have an old Fiat. | I sold my old piano.
My phone is a Pixel. | I dropped my phone.
My garden is full of weeds. | My garden is lovely now.
I support the strike. | I support Spurs.
I take vitamin D. | I take the bus now.
My gym is Ironworks. | My gym is closed on Sundays.
The dentist appointment is on 3 May. | The haircut appointment is on 9 May.
我周末去爬山。 | 我周末去游泳。
我的花开了。 | 我的花是红色的。
My favourite food is ramen. | My favourite drink is tea now.
I'm allergic to cats. | I'm no longer allergic to dust.
I love sushi. | I've gone off pizza.
I'm into chess. | I'm not into football anymore.
I use Chrome as my browser. | I switched from Slack to Teams.
I drive a Toyota. | I sold my old sofa.
I drive a Toyota. | I traded my guitar for a banjo.
I'm learning Spanish. | I stopped learning French.
My yoga class is on Mondays. | My cooking class is on Thursdays now.
My interview is at 10 on 3 May. | My exam got postponed to 9 May.
I go swimming on Mondays. | I go running on Fridays now.
I play tennis on Saturdays. | I play chess on Sundays now.
I get up at seven. | I go to bed at ten now.
We have two dogs. | We have three cats now.
I weigh 90 kilos. | I can lift 84 kilos now.
My rent is 800 euros. | My phone bill went up to 87 euros.
I drink my coffee black. | I drink my tea with milk now.
I'm going to Rome in May. | I'm going to Vienna in June instead.
I take my tea with sugar. | I take my coffee without sugar these days.
I subscribe to Netflix. | I cancelled my gym membership.
# both are true
I work with Nadia. | I work with Emil.
I like Nadia. | I like Emil now.
I paid nine euros. | I paid seven euros now.
I walked three miles. | I walk five miles now.
I owe Tom nine euros. | I owe Tom seven euros too.
I'm good at chess. | I'm good at darts now.
I'm scared of spiders. | I'm not scared of mice anymore.
我借了两本书。 | 我现在借了三本书。
I live in Lyon. | I moved to a bigger flat.
I live in Lyon. | I moved my desk to the window.
I work at Nokia. | I joined a choir.
I work at Nokia. | I started at 8 this morning.
I work as a waiter. | I work as a volunteer on Sundays.
I'm a nurse. | I'm a mother of two.
I like tea. | I love coffee.
I play the piano. | I play football.
I study physics. | I study every evening.
My boss is Ruth. | My boss is angry with me.
My doctor is Dr Weiss. | My doctor is on leave.
My car is a Toyota. | My car is in the garage.
I drive a Toyota. | I drive to work.
I'm 29. | I'm 15 minutes late.
I'm 29. | I turned off the heating.
My number is 555 1111. | The number of guests has changed to 20.
I have one brother. | I have two tickets for tonight.
I eat meat. | I ate fish yesterday.
I drink coffee every morning. | I'm drinking water.
I go to bed at eleven. | I went to bed at two last night.
My address is 12 Hill Road. | I went to 7 Mill Lane.
I use Chrome as my browser. | I use a hammer.
I'm dating Paul. | I met Ravi yesterday.
My favourite food is ramen. | I ate pho today.
# not so, or not now
I live in Lyon. | I want to move to Nantes.
I live in Lyon. | I almost moved to Nantes.
I live in Lyon. | I lived in Nantes as a child.
I live in Lyon. | In my dream I moved to Nantes.
I work at Nokia. | I might join Ericsson.
I work at Nokia. | I worked at Ericsson ten years ago.
I'm single. | When are you getting married?
I smoke. | I should quit smoking.
I smoke. | I tried to quit smoking.
My boss is Ruth. | I wish my boss was Sven.
I drive a Toyota. | I thought about selling my Toyota.
I'm vegan. | Would it be bad if I was not vegan anymore?
My rent is 800 euros. | They say rents went up to 870 euros.
# Chinese
我住在杭州。 | 我哥哥搬到宁波了。
我住在杭州。 | 小王搬到宁波了。
我在百度工作。 | 我妹妹去美团上班了。
我抽烟。 | 我爸爸戒烟了。
我对猫过敏。 | 我对花粉不过敏。
我喜欢吃辣。 | 我现在不喜欢吃甜的了。
我最喜欢的歌手是周杰伦。 | 我最喜欢的演员是梁朝伟。
我的老板是王明。 | 我的老板很忙。
我的车是丰田。 | 我的车送去修了。
我每天七点起床。 | 我十点睡觉。
我每周一游泳。 | 我现在每周五打球。
我家有两只狗。 | 我家现在有三只猫。
例会在每周二下午。 | 面试改到每周四下午了。
我打算五月去罗马。 | 我六月不去罗马了。
我住在杭州。 | 我想搬到宁波。
我住在杭州。 | 我以前住在宁波。
我住在杭州。 | 我差点搬到宁波。
我在学法语。 | 我不学钢琴了。
我的体重是七十公斤。 | 我妈妈瘦到五十公斤了。
我儿子五岁。 | 我侄子六岁了。
我喝咖啡。 | 我喝了一杯茶。
我住在杭州。 | 我把桌子搬到窗边了。
我是一名老师。 | 我是南方人。
我的电话是12345678。 | 我的电话没电了。
I take the bus to work. | I take the train to the office when it rains.
My daughter is in second grade. | My son started third grade this week.
My son wants to be a pilot. | My son wants to be a vet.
My boss is Karen. | My brother reports to David now.
I drive a Honda Civic. | I sold the roof box of my Civic.
I'm vegetarian. | My sister started eating meat again.
My rent is 900 euros. | The landlord raised the rent of the shop to 980.
I have a dog and take it to work. | I cycle to work now.
我最喜欢的颜色是蓝色。 | 我最喜欢的包是绿色的。
我儿子上小学二年级。 | 我女儿升三年级了。
我最喜欢蓝色。 | 我妈妈现在最喜欢绿色。
I live with my parents. | My sister lives alone now.
I drink coffee. | I had tea instead of coffee this morning.
I own a house in Kent. | I sold my car last week.
My dog is called Max. | We have a cat called Rocky.
My best friend is Tim. | My sister's best friend is Joe now.
I sleep six hours a night. | My baby sleeps eight hours a night now.
我每周跑步三次。 | 我现在每周游泳五次。
我戴眼镜。 | 我不戴帽子了。
我和室友住。 | 我妈妈现在一个人住。
"""
"""``one | other``, a pair a line: neither closes the other, in whichever order."""


def pairs(table: str) -> list[tuple[str, str]]:
    """Return the first two columns of a table."""
    lines = [s for s in table.strip().splitlines() if s and s[0] != "#"]
    cut = [[part.strip() for part in line.split("|")] for line in lines]
    return [(first, second) for first, second, *_ in cut]
