"""Training sound for the transcribers: random speech scenes, cached, mixed anew for each batch.

Utterances are cached without noise. The noise of the same scenes (recording with noise less the
recording without) is cached apart, so that any utterance meets any noise at any level.
"""

import concurrent.futures
import json
import pathlib
import subprocess
import wave

import numpy as np
import torch

RATE = 16000  # Hz
HOP, WINDOW, FFT = 160, 400, 512  # samples
MELS, LOW_HZ, HIGH_HZ = 64, 60, 7800
SLOT = 4 * RATE  # samples; one utterance in each
SCENE_SECONDS = 240
STEP = 4 * HOP  # samples per step of the network's output


def record(speaker, folder, seed, clean):
    """A random scene's samples (16-bit) and utterances."""
    name = folder / f"{seed}-{'clean' if clean else 'noisy'}"
    sound, labels = name.with_suffix(".wav"), name.with_suffix(".json")
    subprocess.run([str(speaker), "--random", "--seed", str(seed), "--seconds", str(SCENE_SECONDS),
                    "--out", str(sound), "--labels", str(labels)] + ["--clean"] * clean, check=True)
    with wave.open(str(sound)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    said = json.loads(labels.read_text())["utterances"]
    sound.unlink()
    labels.unlink()
    return samples, said


def make_split(speaker, folder, seeds, noise_seeds):
    """Records random scenes once; later calls read the cache.

    Returns (utterances, texts, noises): lists of 16-bit arrays, of strings, and of 16-bit arrays of
    SCENE_SECONDS each.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "sound.npz"
    if not file.exists():
        _fill(speaker, folder, seeds, noise_seeds, file)
    stored = np.load(file)
    return (np.split(stored["samples"], stored["ends"][:-1]), list(stored["texts"]),
            list(stored["noises"]))


def _fill(speaker, folder, seeds, noise_seeds, file):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        clean = list(pool.map(lambda seed: record(speaker, folder, seed, True), seeds))
        noises = list(pool.map(lambda seed: _noise(speaker, folder, seed), noise_seeds))
    parts, texts = [], []
    for samples, said in clean:
        for utterance in said:
            parts.append(samples[round(utterance["start"] * RATE):round(utterance["end"] * RATE)])
            texts.append(utterance["text"])
    np.savez(file, samples=np.concatenate(parts), ends=np.cumsum([len(part) for part in parts]),
             texts=np.array(texts), noises=np.stack(noises))


def _noise(speaker, folder, seed):
    noisy, clean = record(speaker, folder, seed, False)[0], record(speaker, folder, seed, True)[0]
    return np.clip(noisy.astype(np.int32) - clean, -32768, 32767).astype(np.int16)


def mel_filters():
    """MELS x (FFT / 2 + 1): triangles of height 1 at equal distances in mel (HTK's)."""
    mel = lambda hertz: 2595 * np.log10(1 + hertz / 700)
    edges = 700 * (10 ** (np.linspace(mel(LOW_HZ), mel(HIGH_HZ), MELS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return torch.from_numpy(np.maximum(np.minimum(rising, falling), 0).astype(np.float32))


FILTERS = mel_filters()
TAPER = torch.cat([torch.hann_window(WINDOW), torch.zeros(FFT - WINDOW)])


def power_spectra(sound):
    """B x N samples in [-1, 1] to B x (FFT / 2 + 1) x N / HOP powers."""
    padded = torch.nn.functional.pad(sound, (0, FFT - HOP))
    spectra = torch.stft(padded, FFT, HOP, FFT, TAPER, center=False, return_complex=True)
    return torch.view_as_real(spectra).square().sum(-1)


def log_mel(powers):
    """The network's input, B x 1 x MELS x T, of power spectra."""
    return ((torch.log10((FILTERS @ powers).clamp(min=1e-4)) + 4) / 7)[:, None]


def mix(speech, noise, snr_db):
    """Speech (zeros around it) with noise at a level below the mean power of what is not zero."""
    power = np.dot(speech, speech) / max(np.count_nonzero(speech), 1)
    level = np.sqrt(power * len(noise) / max(np.dot(noise, noise), 1e-9))
    return speech + noise * np.float32(level * 10 ** (-snr_db / 20))


def random_noise(noises, samples, rng):
    """A random piece of noise as floats."""
    track = noises[rng.integers(len(noises))]
    first = rng.integers(0, len(track) - samples + 1)
    return track[first:first + samples] / np.float32(32768)


def resize(sound, factor):
    """Plays faster (factor above 1) or slower: pitch, formants and tempo together."""
    places = np.arange(0, len(sound) - 1, factor)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def reverberate(sound, rng):
    """A room: decaying noise after the direct sound."""
    length = int(RATE * rng.uniform(0.1, 0.4))
    tail = rng.standard_normal(length).astype(np.float32)
    tail *= np.exp(-6.9 * np.arange(length, dtype=np.float32) / length)
    tail *= np.float32(rng.uniform(0.1, 0.7)) / np.linalg.norm(tail)
    tail[0] = 1
    size = 1 << int(np.ceil(np.log2(len(sound) + length)))
    echoed = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    return echoed[:len(sound)].astype(np.float32)


def vary_sound(speech, noises, hardness, rng):
    """What a microphone somewhere may make of an utterance; same length."""
    if rng.random() < 0.25 * hardness:
        speech = reverberate(speech, rng)
    loudness = rng.normal(0, 4 * hardness, 8)  # dB at eight places
    places = np.linspace(0, len(speech), 8)
    drift = 10 ** (np.interp(np.arange(0, len(speech), HOP), places, loudness) / 20)
    speech = speech * np.repeat(drift, HOP).astype(np.float32)
    snr_db = rng.uniform(40 - 40 * hardness, 40)
    sound = mix(speech, random_noise(noises, len(speech), rng), snr_db)
    return sound * np.float32(10 ** (rng.uniform(-18, 6) / 20))


def warp(spectra, factor):
    """Formants and pitch moved down (factor above 1) or up, the tempo left as it is."""
    sources = (torch.arange(len(spectra)) * factor).round().long()
    inside = sources < len(spectra)
    return spectra[sources.clamp(max=len(spectra) - 1)] * inside[:, None]


def vary_spectra(powers, hardness, rng):
    """What a throat and a transmission may make of it: warped formants, a tilt, less bandwidth, the
    holes that codecs leave.
    """
    bins = np.linspace(0, 1, FFT // 2 + 1, dtype=np.float32)
    for spectra in powers:
        spectra.copy_(warp(spectra, 1 + hardness * rng.uniform(-0.15, 0.15)))
        tilt = np.cumsum(rng.normal(0, 2, 6))  # dB at six places over the band
        gain = np.interp(bins, np.linspace(0, 1, 6), tilt - tilt.mean())
        gain = 10 ** (gain / 10)
        if rng.random() < 0.5 * hardness:
            gain[bins > rng.uniform(0.25, 0.8)] = 0
        spectra *= torch.from_numpy(gain.astype(np.float32))[:, None]
        if rng.random() < 0.3 * hardness:
            jitter = rng.standard_normal(spectra.shape, np.float32) * rng.uniform(0.2, 1)
            spectra *= torch.from_numpy(jitter).float().exp()
            spectra *= spectra > spectra.amax(0) * 10 ** -rng.uniform(3, 6)


def mask(pictures, rng):
    """SpecAugment, mildly: hides a band and a moment of each picture."""
    for picture in pictures:
        band, moment = rng.integers(0, 8), rng.integers(0, 8)
        low = rng.integers(0, MELS - band)
        first = rng.integers(0, picture.shape[2] - moment)
        picture[:, low:low + band] = 0
        picture[:, :, first:first + moment] = 0


def make_batch(utterances, noises, indices, hardness, rng):
    """Log-mel pictures of utterances, each varied in its own way; hardness 0 gentle to 1 harsh."""
    played = [resize(utterances[i] / np.float32(32768), rng.uniform(0.75, 1.3)) for i in indices]
    longest = max(len(speech) for speech in played) + int(RATE * rng.uniform(0.2, 1))
    length = min(SLOT, -(-longest // STEP) * STEP)
    sounds = []
    for speech in played:
        speech = speech[:length]
        start = rng.integers(0, length - len(speech) + 1)
        placed = np.pad(speech, (start, length - len(speech) - start))
        sounds.append(vary_sound(placed, noises, hardness, rng))
    powers = power_spectra(torch.from_numpy(np.stack(sounds)).clamp(-1, 1))
    vary_spectra(powers, hardness, rng)
    pictures = log_mel(powers)
    mask(pictures, rng)
    return pictures
