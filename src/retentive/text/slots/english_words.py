"""Words of the English rules for slots, as alternatives of patterns."""

from __future__ import annotations

__all__ = [
    "ACTIVITIES",
    "ATTRIBUTES",
    "COUNTED",
    "COUNTRIES",
    "DIETS",
    "EVENTS",
    "OCCUPATIONS",
    "RELATIONS",
    "ROLES",
    "SAME_ATTRIBUTE",
    "SAME_RELATION",
    "SCHOOLS",
    "STATES",
    "STATUSES",
    "THINGS",
    "TIMES",
]


def _any(words: str) -> str:
    return "|".join(part.strip() for part in words.split(",") if part.strip())


RELATIONS = _any(
    "mother, father, mom, mum, dad, parents, sister, brother, wife, husband, partner, "
    "girlfriend, boyfriend, fiancé, fiancée, fiance, fiancee, son, daughter, kids, children, "
    "grandmother, grandfather, grandma, grandpa, aunt, uncle, cousin, niece, nephew, friend, "
    "best friend, roommate, flatmate, neighbor, neighbour, boss, manager, colleague, coworker, "
    "teacher, landlord, dog, cat, puppy, kitten, team, company, family, grandparents, siblings, "
    "in-laws, mother-in-law, father-in-law, sister-in-law, brother-in-law, stepmother, "
    "stepfather, stepson, stepdaughter, grandson, granddaughter, twin, ex, godson, "
    "goddaughter, housemate, spouse, baby, toddler, oldest, youngest, eldest"
)
SAME_RELATION = {
    "mom": "mother",
    "mum": "mother",
    "dad": "father",
    "grandma": "grandmother",
    "grandpa": "grandfather",
    "flatmate": "roommate",
    "housemate": "roommate",
    "coworker": "colleague",
    "neighbour": "neighbor",
    "kids": "children",
}
ROLES = _any(
    "boss, manager, supervisor, doctor, dentist, therapist, landlord, roommate, flatmate, mentor, "
    "best friend, coach, trainer, tutor, accountant, lawyer, emergency contact, hairdresser, barber, physio, "
    "physiotherapist, vet, nanny, babysitter, childminder, cleaner, gardener, mechanic, gp, "
    "pediatrician, psychiatrist, dermatologist, optician, team lead, teacher, piano teacher, "
    "housemate, neighbor, neighbour, business partner, agent, editor, advisor, adviser"
)
SAME_ATTRIBUTE = {
    "mobile number": "phone number",
    "mobile": "phone number",
    "cell": "phone number",
    "cell number": "phone number",
    "cell phone number": "phone number",
    "number": "phone number",
    "email address": "email",
    "e mail": "email",
    "mail address": "email",
    "home address": "address",
    "postal address": "address",
    "job": "occupation",
    "profession": "occupation",
    "flatmate": "roommate",
    "housemate": "roommate",
    "course": "study",
    "major": "study",
    "degree": "study",
    "gp": "doctor",
    "text editor": "editor",
    "pay": "salary",
    "supervisor": "boss",
    "manager": "boss",
    "line manager": "boss",
    "zip code": "postcode",
    "postal code": "postcode",
}
"""Attributes that are one by another name; people have one boss, whatever he is called."""

ATTRIBUTES = _any(
    "name, nickname, best friend, phone number, mobile number, phone, number, email address, email, "
    "home address, address, postal code, postcode, zip code, username, handle, extension, "
    "room number, room, desk, seat, locker, license plate, time zone, timezone, shoe size, "
    "shirt size, dress size, size, weight, height, blood type, salary, rent, budget, deadline, "
    "bedtime, commute, job title, title, position, role, job, occupation, profession, employer, "
    "boss, manager, supervisor, doctor, dentist, therapist, landlord, roommate, flatmate, mentor, "
    "coach, trainer, tutor, accountant, lawyer, emergency contact, gym, bank, insurer, "
    "hairdresser, barber, vet, cleaner, nanny, babysitter, mechanic, gp, team lead, teacher, "
    "physio, optician, advisor, mobile, cell, cell number, cell phone number, e-mail, course, "
    "degree, pay, income, iban, account number, door number, license number, seat number, "
    "locker number, license, team, club, phone plan, internet provider, subscription, "
    "music service, streaming service, favorite, bus stop, station, parking spot, membership, "
    "blood pressure, bmi, dosage, dose, medication, prescription, curfew, password manager, "
    "search engine, default browser, web browser, code editor, calendar app, note app, "
    "phone provider, provider, carrier, school, university, college, major, thesis topic, diet, "
    "goal, native language, nationality, citizenship, religion, pronouns, hometown, star sign, "
    "alarm, shift, working hours, office hours, lunch break, current project, birthday, age, "
    "go-to drink, usual order, usual coffee order, coffee order, home office, main language, "
    "programming language, text editor, editor, browser, operating system, subscription plan, "
    "plan, membership level, wifi password, password, door code, pin"
)
THINGS = _any(
    "phone, mobile phone, smartphone, watch, truck, van, motorbike, e-bike, console, monitor, "
    "car, laptop, computer, bike, bicycle, camera, tablet, smartwatch, guitar, piano, keyboard, "
    "printer, router, headphones, motorcycle, scooter, boat, apartment, flat, house"
)
EVENTS = _any(
    "club, practice, choir, orchestra, band, stand-up, standup, sync, check-in, ceremony, "
    "dentist, doctor, haircut, physio, therapy, yoga, pilates, pickup, pick-up, audit, "
    "inspection, gig, show, play, festival, fair, market, sale, sprint, kickoff, kick-off, "
    "hearing, viewing, scan, vaccination, shoot, photoshoot, ferry, booking, reservation, "
    "meeting, appointment, flight, party, wedding, exam, interview, trip, vacation, holiday, "
    "dinner, lunch, breakfast, lesson, class, concert, game, match, surgery, operation, delivery, "
    "conference, presentation, deadline, call, train, bus, check-up, checkup, visit, rehearsal, "
    "race, marathon, move, workshop, course, session, release, launch, demo, recital, ceremony, "
    "graduation, reunion, picnic, barbecue, hike, retreat, training, review, test"
)
OCCUPATIONS = _any(
    "auditor, midwife, paralegal, bartender, butcher, roofer, painter, decorator, builder, "
    "surveyor, economist, statistician, physicist, chemist, biologist, historian, linguist, "
    "philosopher, politician, judge, solicitor, barrister, notary, banker, broker, trader, "
    "investor, entrepreneur, founder, ceo, cto, cfo, owner, recruiter, planner, strategist, "
    "researcher, intern, trainee, apprentice, postdoc, dean, principal, headteacher, tutor, "
    "trainer, instructor, guide, steward, stewardess, flight attendant, sailor, captain, "
    "fisherman, forester, ranger, beekeeper, brewer, winemaker, jeweller, blacksmith, welder, "
    "machinist, operator, dispatcher, courier, postman, mailman, detective, guard, curator, "
    "archivist, publisher, blogger, streamer, youtuber, podcaster, producer, dj, singer, "
    "dancer, choreographer, composer, illustrator, animator, sculptor, potter, stylist, "
    "hairdresser, barber, beautician, masseur, physiotherapist, surgeon, radiologist, "
    "paediatrician, pediatrician, psychiatrist, carer, caregiver, social worker, nanny, cleaner, "
    "janitor, housekeeper, receptionist, clerk, bookkeeper, tester, team lead, tech lead, "
    "data scientist, product owner, scrum master, teacher, nurse, doctor, engineer, developer, programmer, designer, lawyer, accountant, chef, "
    "cook, baker, waiter, waitress, barista, driver, pilot, architect, carpenter, plumber, "
    "electrician, mechanic, journalist, writer, editor, translator, photographer, artist, "
    "musician, actor, actress, scientist, researcher, professor, lecturer, librarian, analyst, "
    "consultant, manager, director, student, therapist, psychologist, dentist, pharmacist, vet, "
    "farmer, gardener, florist, tailor, firefighter, paramedic, police officer, soldier, "
    "salesperson, cashier, secretary, assistant, coach, freelancer, administrator, technician"
)
DIETS = _any(
    "vegetarian, vegan, pescatarian, omnivore, flexitarian, keto, paleo, gluten-free, "
    "gluten free, meat eater, carnivore, low-carb, low carb, plant-based, dairy-free, raw, "
    "halal, kosher, fruitarian, mediterranean"
)
STATUSES = _any(
    "in a relationship, in a long-distance relationship, separated, in an open relationship"
)
SCHOOLS = _any(
    "school, primary, secondary, elementary, high, college, university, academy, kindergarten, "
    "nursery, institute, preschool, grammar, gymnasium, lyceum, polytechnic, uni, daycare"
)
COUNTED = _any(
    "dog, cat, kid, child, children, son, daughter, brother, sister, sibling, pet, grandchild, "
    "grandchildren, nephew, niece, car, bike, horse, rabbit, hen, chicken, goldfish, hamster, "
    "roommate, flatmate, parrot, guinea pig, bedroom, employee, tattoo"
)
ACTIVITIES = _any(
    "get up, wake up, rise, go to bed, go to sleep, fall asleep, start work, finish work, "
    "have dinner, have lunch, have breakfast, eat dinner, eat lunch, eat breakfast, leave work, "
    "leave for work, leave the house, leave home, start working, stop working, clock in, "
    "clock off, walk the dog, log off"
)
TIMES = (
    r"(?:\d|\bnoon|\bmidnight|\bmid(?:day|week)|\b(?:half|quarter) (?:past|to)|o'clock"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)"
)
COUNTRIES = frozenset(
    part.strip()
    for part in (
        "norway, sweden, denmark, finland, iceland, germany, france, spain, portugal, italy, "
        "austria, switzerland, belgium, netherlands, the netherlands, poland, czechia, hungary, "
        "greece, turkey, ireland, scotland, england, wales, uk, the uk, britain, europe, asia, "
        "africa, america, the us, us, usa, the usa, united states, the united states, canada, "
        "mexico, brazil, argentina, chile, peru, colombia, china, japan, korea, south korea, "
        "india, thailand, vietnam, indonesia, malaysia, singapore, australia, new zealand, egypt, "
        "kenya, nigeria, south africa, israel, russia, ukraine, romania, bulgaria, croatia, "
        "california, texas, florida, scandinavia, bavaria, tuscany, provence, catalonia"
    ).split(",")
)
STATES = frozenset(
    "every each hard late-ish angry on out off up down under with without for at as if there "
    "fun free home outside inside alone together something nothing everything anything broken great good bad fine nice late early important very so too not really getting going "
    "being coming lost stolen gone here there awful terrible amazing wonderful boring stressful "
    "hard easy difficult expensive cheap old dirty clean slow fast full empty low high dead "
    "charging almost always never often sometimes usually ready done over tight huge tiny small "
    "big long short unknown private secret wrong right correct better worse okay ok ruined "
    "delayed annoying kind strict helpful friendly sick ill tired happy sad proud angry away busy "
    "in to from about like it this that what how why because my your his her their our".split()
)
"""Words with which no value begins: the rest of such a sentence is a state."""
