"""A small synthesiser: words and a seed become a melody, the same one everywhere. It needs no package."""
import array
import hashlib
import math
import random

RATE = 22050
SCALES = {"minor": (0, 2, 3, 5, 7, 8, 10), "major": (0, 2, 4, 5, 7, 9, 11), "pentatonic": (0, 2, 4, 7, 9)}
MOODS = {"sad": "minor", "dark": "minor", "minor": "minor", "happy": "major", "bright": "major", "major": "major"}
TEMPOS = {"slow": 0.6, "calm": 0.5, "fast": 0.2, "quick": 0.2, "lively": 0.25}
OVERTONES = (1.0, 0.4, 0.2, 0.1)
TABLE = 2048


def synthesise(call, prompt, duration, seed):
    """Samples of one channel."""
    words = prompt.lower().split()
    digest = hashlib.sha256(("%d %s" % (seed, " ".join(words))).encode("utf-8", "replace")).digest()
    chance = random.Random(int.from_bytes(digest, "big"))
    scale = SCALES[next((MOODS[word] for word in words if word in MOODS), "pentatonic")]
    beat = next((TEMPOS[word] for word in words if word in TEMPOS), 0.35)
    samples, total = array.array("h"), round(duration * RATE)
    degree, root = 0, 50 + chance.randrange(12)
    while len(samples) < total:
        call.check()
        length = min(round(beat * chance.choice((0.5, 1, 1, 2)) * RATE), total - len(samples))
        octave, step = divmod(degree, len(scale))
        samples.extend(_note(440.0 * 2 ** ((root + 12 * octave + scale[step] - 69) / 12), length))
        degree = min(max(degree + chance.choice((-2, -1, -1, 1, 1, 2, 3)), -3), 9)
        call.event("progress", {"done": len(samples) / total})
    return samples


def _wave():
    """One period, as a table: a sine for each sample and overtone would take many times as long."""
    period = [sum(share * math.sin(2 * math.pi * (index + 1) * place / TABLE) for index, share in enumerate(OVERTONES)) for place in range(TABLE)]
    loudest = max(map(abs, period))
    return [value / loudest for value in period]


_PERIOD = _wave()


def _note(frequency, length):
    """A note that comes up in a hundredth of a second and dies away."""
    rise, pace, period = RATE / 100, frequency * TABLE / RATE, _PERIOD
    fade = 22000.0
    decay = 0.02 ** (1.0 / max(length, 1))
    for place in range(length):
        fade *= decay
        yield int(fade * min(1.0, place / rise) * period[int(place * pace) % TABLE])
