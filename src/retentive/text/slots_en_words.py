"""Words of the English rules for slots, as alternatives of patterns."""

from __future__ import annotations

__all__ = [
    "ATTRIBUTES",
    "COUNTRIES",
    "DIETS",
    "EVENTS",
    "OCCUPATIONS",
    "RELATIONS",
    "ROLES",
    "STATES",
    "STATUSES",
    "THINGS",
]


def _any(words: str) -> str:
    return "|".join(part.strip() for part in words.split(",") if part.strip())


RELATIONS = _any(
    "mother, father, mom, mum, dad, parents, sister, brother, wife, husband, partner, "
    "girlfriend, boyfriend, fiancé, fiancée, fiance, fiancee, son, daughter, kids, children, "
    "grandmother, grandfather, grandma, grandpa, aunt, uncle, cousin, niece, nephew, friend, "
    "best friend, roommate, flatmate, neighbor, neighbour, boss, manager, colleague, coworker, "
    "teacher, landlord, dog, cat, puppy, kitten, team, company, family"
)
ROLES = _any(
    "boss, manager, supervisor, doctor, dentist, therapist, landlord, roommate, flatmate, mentor, "
    "coach, trainer, tutor, accountant, lawyer, emergency contact"
)
ATTRIBUTES = _any(
    "name, nickname, phone number, mobile number, phone, number, email address, email, "
    "home address, address, postal code, postcode, zip code, username, handle, extension, "
    "room number, room, desk, seat, locker, license plate, time zone, timezone, shoe size, "
    "shirt size, dress size, size, weight, height, blood type, salary, rent, budget, deadline, "
    "bedtime, commute, job title, title, position, role, job, occupation, profession, employer, "
    "boss, manager, supervisor, doctor, dentist, therapist, landlord, roommate, flatmate, mentor, "
    "coach, trainer, tutor, accountant, lawyer, emergency contact, gym, bank, insurer, "
    "phone provider, provider, carrier, school, university, college, major, thesis topic, diet, "
    "goal, native language, nationality, citizenship, religion, pronouns, hometown, star sign, "
    "alarm, shift, working hours, office hours, lunch break, current project, birthday, age, "
    "go-to drink, usual order, usual coffee order, coffee order, home office, main language, "
    "programming language, text editor, editor, browser, operating system, subscription plan, "
    "plan, membership level, wifi password, password, door code, pin"
)
THINGS = _any(
    "car, laptop, computer, bike, bicycle, camera, tablet, smartwatch, guitar, piano, keyboard, "
    "printer, router, headphones, motorcycle, scooter, boat, apartment, flat, house"
)
EVENTS = _any(
    "meeting, appointment, flight, party, wedding, exam, interview, trip, vacation, holiday, "
    "dinner, lunch, breakfast, lesson, class, concert, game, match, surgery, operation, delivery, "
    "conference, presentation, deadline, call, train, bus, check-up, checkup, visit, rehearsal, "
    "race, marathon, move, workshop, course, session, release, launch, demo, recital, ceremony, "
    "graduation, reunion, picnic, barbecue, hike, retreat, training, review, test"
)
OCCUPATIONS = _any(
    "teacher, nurse, doctor, engineer, developer, programmer, designer, lawyer, accountant, chef, "
    "cook, baker, waiter, waitress, barista, driver, pilot, architect, carpenter, plumber, "
    "electrician, mechanic, journalist, writer, editor, translator, photographer, artist, "
    "musician, actor, actress, scientist, researcher, professor, lecturer, librarian, analyst, "
    "consultant, manager, director, student, therapist, psychologist, dentist, pharmacist, vet, "
    "farmer, gardener, florist, tailor, firefighter, paramedic, police officer, soldier, "
    "salesperson, cashier, secretary, assistant, coach, freelancer, administrator, technician"
)
DIETS = _any(
    "vegetarian, vegan, pescatarian, omnivore, flexitarian, keto, paleo, gluten-free, meat eater"
)
STATUSES = _any("in a relationship, in a long-distance relationship")
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
    "broken great good bad fine nice late early important very so too not really getting going "
    "being coming lost stolen gone here there awful terrible amazing wonderful boring stressful "
    "hard easy difficult expensive cheap old dirty clean slow fast full empty low high dead "
    "charging almost always never often sometimes usually ready done over tight huge tiny small "
    "big long short unknown private secret wrong right correct better worse okay ok ruined "
    "delayed annoying kind strict helpful friendly sick ill tired happy sad proud angry away busy "
    "in to from about like it this that what how why because my your his her their our".split()
)
"""Words with which no value begins: the rest of such a sentence is a state."""
