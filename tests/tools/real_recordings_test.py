"""What tools/real_recordings.py makes of packages: from small ones built here, not from Debian's.

    /usr/bin/python3 tests/tools/real_recordings_test.py
"""

import contextlib
import dataclasses
import io
import json
import sys
import tempfile
import unittest
import wave
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tools"))

import real_recordings as real  # noqa: E402  (found by the line above)


def ran(function, *arguments):
    """(exit code, what was printed, what was complained of)."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            function(*arguments)
        except SystemExit as end:
            code = end.code
    return code, out.getvalue(), errors.getvalue()


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Transcriptions(unittest.TestCase):
    def test_words_stand_between_marks_and_the_name_behind(self):
        self.assertEqual(
            real.parse_transcription("<s> ten of clubs  </s> (001)\n\n<s> five </s> (book-02)\n"),
            {"001": "ten of clubs", "book-02": "five"})

    def test_other_lines_are_refused(self):
        for line in ("ten of clubs (001)", "<s> ten of clubs </s>", "<s> ten </s> 001", "x"):
            code, _, errors = ran(real.parse_transcription, line)
            self.assertEqual(code, real.INPUT)
            self.assertIn(f"'{line}' is no line of a transcription", errors)

    def test_names_spell_digits(self):
        self.assertEqual(real.spelled("2934z"), "two nine three four zero")
        self.assertEqual(real.spelled("o1"), "oh one")


class Streams(InAFolder):
    def test_each_recording_lies_in_its_slot_where_the_transcript_says(self):
        real.write_stream("talk", [("a", "one two", b"\x01\x00" * real.RATE),
                                   ("b", "three", b"\x02\x00" * 8000)], self.folder)
        self.assertEqual(json.loads((self.folder / "talk.labels.json").read_text()), {
            "format": "oneadapt-transcript-1", "seconds": 16.0, "utterances": [
                {"start": 0.25, "end": 1.25, "text": "one two", "voice": "a"},
                {"start": 8.25, "end": 8.75, "text": "three", "voice": "b"}]})
        samples = memoryview(real.read_wav(self.folder / "talk.wav")).cast("h").tolist()
        self.assertEqual(len(samples), 16 * real.RATE)
        self.assertEqual([at for at in range(1, len(samples)) if samples[at] != samples[at - 1]],
                         [int(seconds * real.RATE) for seconds in (0.25, 1.25, 8.25, 8.75)])
        self.assertEqual((samples[4000], samples[8 * real.RATE + 4000]), (1, 2))

    def test_what_is_too_long_for_a_slot_is_refused(self):
        code, _, errors = ran(real.write_stream, "talk",
                              [("a", "one", bytes(2 * 8 * real.RATE))], self.folder)
        self.assertEqual(code, real.INPUT)
        self.assertIn("a takes 8.00 s; it does not fit", errors)

    def test_another_form_of_sound_is_refused(self):
        with wave.open(str(self.folder / "a.wav"), "wb") as sound:
            sound.setparams((2, 2, 8000, 0, "NONE", ""))
        code, _, errors = ran(real.read_wav, self.folder / "a.wav")
        self.assertEqual(code, real.INPUT)
        self.assertIn("a.wav has 2 channels of 16 bits at 8000 Hz", errors)


class Packages(InAFolder):
    """A package with one recording, which is copied."""

    HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    def setUp(self):
        super().setUp()
        self.clips = self.folder / "clips"
        self.packages = self.folder / "packages"
        tree = self.folder / "tree"
        for name, text in (
                ("DEBIAN/control", "Package: oneadapt-toy\nVersion: 1\nArchitecture: all\n"
                 "Maintainer: none <none@localhost>\nDescription: toy\n"),
                ("usr/share/toy/clip.avi", "hello"), ("usr/share/toy/other", "not wanted"),
                ("usr/share/doc/oneadapt-toy/copyright", "free")):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        self.packages.mkdir()
        real.subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, self.packages],
                            check=True, capture_output=True)
        self.source = real.Source(
            "oneadapt-toy", "a toy", "none", 1.5, ("usr/share/toy/clip",),
            lambda packed, folder: real.shutil.copyfile(packed / "usr/share/toy/clip.avi",
                                                        folder / "clip.avi"),
            {"clip.avi": self.HELLO})

    def main(self, *words, **changes):
        sources, real.SOURCES = real.SOURCES, {
            "toy": dataclasses.replace(self.source, **changes)}
        try:
            return ran(real.main, list(words), self.clips)
        finally:
            real.SOURCES = sources

    def files(self):
        return sorted(file.name for file in self.clips.glob("*"))

    def test_what_is_wanted_is_taken_once_with_its_copyright(self):
        code, out, errors = self.main("--packages", str(self.packages))
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(out.splitlines(), [
            "oneadapt-toy: a toy", "    licence: none", f"    out of {self.packages}",
            f"clip.avi: checked, in {self.clips}"])
        self.assertEqual(self.files(), ["clip.avi", "oneadapt-toy.copyright"])
        self.assertEqual((self.clips / "clip.avi").read_text(), "hello")
        self.assertEqual(self.main("toy"), (0, "oneadapt-toy: a toy\n    licence: none\n"
                                               "    there already\n", ""))

    def test_a_clip_that_was_changed_is_made_anew(self):
        self.main("--packages", str(self.packages))
        (self.clips / "clip.avi").write_text("damaged")
        self.main("--packages", str(self.packages))
        self.assertEqual((self.clips / "clip.avi").read_text(), "hello")

    def test_a_dry_run_says_size_and_licence_and_fetches_nothing(self):
        self.assertEqual(self.main("--dry-run"), (0, "oneadapt-toy: a toy\n    licence: none\n"
                                                     "    1.5 MB to fetch\n", ""))
        self.assertFalse(self.clips.exists())

    def test_another_recording_of_the_name_is_refused_and_not_kept(self):
        code, _, errors = self.main("--packages", str(self.packages),
                                    hashes={"clip.avi": "0" * 64})
        self.assertEqual(code, real.INPUT)
        self.assertIn(f"clip.avi out of oneadapt-toy has the SHA-256 {self.HELLO}, not 000", errors)
        self.assertEqual(self.files(), [])

    def test_a_package_without_the_recording_is_refused(self):
        code, _, errors = self.main("--packages", str(self.packages), wanted=("usr/share/none",))
        self.assertEqual(code, real.INPUT)
        self.assertIn("oneadapt-toy lacks ", errors)

    def test_a_missing_and_a_damaged_package_are_told_apart(self):
        code, _, errors = self.main("--packages", str(self.clips))
        self.assertEqual(code, real.INPUT)
        self.assertIn("has no oneadapt-toy_*.deb", errors)
        package = next(self.packages.glob("*.deb"))
        package.write_bytes(package.read_bytes()[:300])
        code, _, errors = self.main("--packages", str(self.packages))
        self.assertEqual(code, real.INPUT)
        self.assertIn("oneadapt-toy's .deb is damaged", errors)

    def test_unknown_sources_are_refused(self):
        code, _, errors = self.main("film")
        self.assertEqual(code, 2)
        self.assertIn("'film' is unknown: choose from toy", errors)


class Manifests(unittest.TestCase):
    """What datasets/real names is what the program makes."""

    def test_every_file_is_made_and_every_clip_named(self):
        named = set()
        for manifest in (SOURCE / "datasets/real").glob("*.json"):
            for clip in json.loads(manifest.read_text())["clips"]:
                named |= {clip["file"], clip.get("labels", clip["file"])}
        made = {f"clips/{name}" for source in real.SOURCES.values() for name in source.hashes}
        self.assertEqual(named, made)


if __name__ == "__main__":
    unittest.main()
