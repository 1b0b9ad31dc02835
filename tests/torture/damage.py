"""How inputs are damaged."""

import re

HOSTILE = ["1e308", "-1e308", "1e-308", "-1", "0", "NaN", "Infinity", "1e999",
           "9223372036854775807", "99999999999999999999", "null", "true", '""', '"\\n"', "[]",
           "{}", "[" * 70, "\ufeff", "\0"]


def cut(rng, data):
    return data[:rng.randrange(len(data))]


def damaged(rng, data):
    """Bytes flipped, overwritten, cut off, taken out or doubled."""
    data = bytearray(data)
    where = rng.randrange(len(data))
    length = min(len(data) - where, 1 + int(rng.expovariate(1 / 64)))
    way = rng.randrange(5)
    if way == 0:
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == 1:
        data[where:where + length] = rng.randbytes(length)
    elif way == 2:
        del data[where:]
    elif way == 3:
        del data[where:where + length]
    else:
        data[where:where] = data[where:where + length]
    return bytes(data)


def hostile(rng, text):
    """One number or word of the text becomes a value that no one means."""
    words = list(re.finditer(r"-?\d+(\.\d+)?|\"[^\"]*\"", text))
    word = rng.choice(words)
    return text[:word.start()] + rng.choice(HOSTILE) + text[word.end():]
