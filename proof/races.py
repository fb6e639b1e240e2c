"""Races: eight processes want the same at the same moment, a thousand times over."""

from __future__ import annotations

import random
import time

from proof.children import Child, Hook
from proof.judge import Tally
from proof.rivals import RACES, Answer, Race
from proof.states import Office

_SPREADS = (0.0, 0.001, 0.004)  # seconds between the first and the last: now all at once, now one upon the other
_SOUND_EVERY = 10  # rounds: whether the database and its audit log are sound takes as long as the race


def run(office: Office, name: str, rounds: int) -> Tally:
    """Run the race *name* so many times."""
    return _run(office, RACES[name](), rounds, None, Tally(f"races, {office.site.dialect}: {name}"))


def control(office: Office, name: str, rounds: int) -> Tally:
    """Without the lock, and without what else would save it then."""
    race = RACES[name]()
    return _run(office, race, rounds, race.hook, Tally(f"races, {office.site.dialect}: {name}, without the lock"))


def _run(office: Office, race: Race, rounds: int, hook: Hook | None, tally: Tally) -> Tally:
    race.prepare(office)
    dice = random.Random(tally.what)
    for _ in range(rounds):
        _round(office, race, dice, hook, tally)
    return tally


def _round(office: Office, race: Race, dice: random.Random, hook: Hook | None, tally: Tally) -> None:
    office.site.reset(race.base)
    orders = [office.site.order(*map(str, r.argv), as_=r.as_, stdin=r.stdin, hook=hook) for r in race.runners(office)]
    children = [Child(order, gate=True) for order in orders]
    spread = dice.choice(_SPREADS)
    for child in dice.sample(children, len(children)):
        child.go()
        if spread:
            time.sleep(dice.uniform(0, spread / len(children)))
    answers = [Answer(child.ending()) for child in children]
    failures = race.judge(office, answers)
    if hook is None and tally.tries % _SOUND_EVERY == 0:  # a control has to lose the race itself
        failures += office.site.look()[1]
    done = sum(answer.done for answer in answers)
    tally.states[f"with {done} who won"] += 1
    tally.add(failures)
