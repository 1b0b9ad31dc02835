"""Word error rates of the transcribers."""

import numpy as np
import torch

import speech_data as data

SNRS = (30, 20, 10, 5, 0)  # dB


def decode(output, words):
    """Greedy CTC: the words of one utterance from its log-probabilities (steps x tokens)."""
    best = torch.unique_consecutive(output.argmax(1))
    return [words[token - 1] for token in best.tolist() if token != 0]


def edits(said, heard):
    """Fewest insertions, deletions and substitutions of words that turn one into the other."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def transcribe(model, sound, words):
    """The words in a sound: float samples in [-1, 1]."""
    picture = data.log_mel(data.power_spectra(torch.from_numpy(sound)[None].clamp(-1, 1)))
    with torch.no_grad():
        return decode(model(picture)[0], words)


def error_rate(model, sounds, texts, words):
    wrong = sum(edits(text.split(), transcribe(model, sound, words))
                for sound, text in zip(sounds, texts, strict=True))
    return wrong / sum(len(text.split()) for text in texts)


def slots(utterances, noises, snr_db):
    """Utterances at random places of their slots, in noise of that level."""
    rng = np.random.default_rng(1)
    for utterance in utterances:
        start = rng.integers(0, data.SLOT - len(utterance) + 1)
        speech = np.pad(utterance / np.float32(32768),
                        (start, data.SLOT - len(utterance) - start))
        yield data.mix(speech, data.random_noise(noises, data.SLOT, rng), snr_db)


def report(model, split, words):
    """One line: word error rate at each level of noise."""
    utterances, texts, noises = split
    rates = [f"{snr} dB {error_rate(model, slots(utterances, noises, snr), texts, words):.3f}"
             for snr in SNRS]
    return "word error rate at " + ", ".join(rates)
