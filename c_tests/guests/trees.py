"""Trees at random, and what others say of them."""

import json
import pickle
import random
import sys

LETTERS = "abcxyzé漢😀"


def plain(chance):
    return chance.choice(
        (
            None,
            True,
            False,
            chance.randint(-5, 5),
            chance.randint(-(2**62), 2**62),
            chance.randint(-999, 999) + 0.25,
            "".join(chance.choices(LETTERS, k=chance.randint(0, 9))),
        )
    )


def json_tree(seed):
    """One that json can write."""
    return grown(random.Random(seed), 5, plain, lambda c, made: f"{c.random()}", (list, dict))


def tree(seed):
    """One of containers of every type, parts of which are there twice."""
    chance = random.Random(seed)
    key = lambda c, made: c.choice((plain(c), (plain(c), (plain(c),)), frozenset({plain(c)})))  # noqa: E731
    return grown(chance, 5, plain, key, (list, dict, tuple, set))


def grown(chance, depth, leaf, key, types):
    made = []

    def grow(level):
        if level == 0 or chance.random() < 0.3:
            return leaf(chance)
        if made and list in types and tuple in types and chance.random() < 0.1:
            return chance.choice(made)
        kind = chance.choice(types)
        count = chance.randint(0, 5)
        if kind is dict:
            part = {key(chance, made): grow(level - 1) for _ in range(count)}
        elif kind is set:
            part = {key(chance, made) for _ in range(count)}
        else:
            part = kind([grow(level - 1) for _ in range(count)])
        made.append(part)
        return part

    return [grow(depth)]


def dumped(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_same(one, other):
    """Equal, of the same types, and shared in the same places."""
    return shape(one, {}) == shape(other, {}) and one == other


def shape(value, seen):
    if isinstance(value, (list, dict, set)):
        if id(value) in seen:
            return seen[id(value)]
        seen[id(value)] = len(seen)
    if isinstance(value, (list, tuple)):
        return type(value), [shape(item, seen) for item in value]
    if isinstance(value, dict):
        return dict, [(shape(key, seen), shape(item, seen)) for key, item in value.items()]
    return type(value)


def is_as_pickled(one, other):
    return pickle.loads(pickle.dumps(one)) == other


def blocks():
    return sys.getallocatedblocks()
