"""Opens the page of `oneadapt-sim report` in headless Chromium and uses it as a reader does.

    /usr/bin/python3 tests/report/page_in_browser.py build/release/oneadapt-sim

Needs Debian's python3-selenium, chromium and chromium-driver (make test-page installs them).
"""

import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else SOURCE / "build/release/oneadapt-sim")


def make_page(results, html):
    subprocess.run([PROGRAM.resolve(), "report", results, "--html", html], check=True,
                   stdout=subprocess.DEVNULL)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.html = pathlib.Path(cls.folder.name) / "page.html"
        make_page(SOURCE / "results/embedded", cls.html)
        options = webdriver.ChromeOptions()
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.browser = webdriver.Chrome(options=options)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.folder.cleanup()

    def setUp(self):
        self.emulate(1200, 1600, "light")
        self.browser.get(self.html.as_uri())

    def tearDown(self):
        self.assertEqual(self.browser.get_log("browser"), [])

    def emulate(self, width, height, scheme):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def find(self, name):
        return self.browser.find_element(By.ID, name)

    def text(self, name):
        return self.find(name).text

    def canvas_has_ink(self, name):
        return self.browser.execute_script(
            "const c = document.getElementById(arguments[0]);"
            "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v);",
            name)

    def test_shows_the_savings_that_the_table_has(self):
        rows = {row.split()[0]: row for row in self.text("savings").splitlines()}
        self.assertIn("23 % (14 to 38)", rows["oneadapt"])
        self.assertIn("57 % (54 to 61)", rows["oneadapt-bounded"])
        self.assertTrue(self.canvas_has_ink("frontier"))

    def test_a_scheme_that_is_switched_off_is_gone(self):
        box = self.find("schemes").find_elements(By.TAG_NAME, "input")[0]
        box.click()
        self.assertNotIn("oneadapt ", self.text("savings"))
        box.send_keys(Keys.SPACE)
        self.assertIn("oneadapt ", self.text("savings"))

    def test_arrow_keys_go_from_point_to_point_and_the_course_follows(self):
        before = self.find("cell").get_attribute("value")
        self.find("frontier").send_keys(Keys.ARROW_RIGHT)
        after = self.find("cell").get_attribute("value")
        self.assertNotEqual(before, after)
        self.assertIn("oneadapt, weight", self.text("about-segment"))

    def test_a_point_that_is_clicked_is_followed(self):
        Select(self.find("clip")).select_by_value("drone")
        place = self.browser.execute_script(
            "const chart = Chart.getChart('frontier');"
            "const at = chart.data.datasets.findIndex((d) => d.label === 'chameleon');"
            "const point = chart.getDatasetMeta(at).data[2];"
            "const box = chart.canvas.getBoundingClientRect();"
            "return [point.x - box.width / 2, point.y - box.height / 2];")
        webdriver.ActionChains(self.browser).move_to_element_with_offset(
            self.find("frontier"), *map(round, place)).click().perform()
        self.assertIn("chameleon", self.find("cell").get_attribute("value"))
        self.assertEqual(self.find("course-clip").get_attribute("value"), "drone")

    def test_a_segment_says_what_was_expected_and_measured(self):
        slider = self.find("segment")
        for _ in range(3):
            slider.send_keys(Keys.ARROW_RIGHT)
        self.assertEqual(self.text("segment-number"), "3")
        self.assertIn("expected", self.text("about-segment"))
        self.assertIn("oracle", self.text("about-segment"))
        self.assertIn("--segment 3", self.text("about-segment"))

    def test_fits_a_telephone_in_the_dark(self):
        self.emulate(375, 800, "dark")
        self.browser.get(self.html.as_uri())
        self.assertLessEqual(
            self.browser.execute_script("return document.documentElement.scrollWidth"), 375)
        self.assertEqual(self.browser.execute_script(
            "return getComputedStyle(document.body).backgroundColor"), "rgb(20, 23, 27)")
        self.assertTrue(self.canvas_has_ink("frontier"))


class LargePage(unittest.TestCase):
    """What nine schemes at nine weights over 1,200 segments make."""

    def test_is_small_and_says_how_long_it_takes_to_open(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            self.write_results(out / "large")
            html = out / "large.html"
            make_page(out / "large", html)
            self.assertLess(html.stat().st_size, 10_000_000)
            options = webdriver.ChromeOptions()
            for flag in ("--headless=new", "--no-sandbox", "--disable-gpu"):
                options.add_argument(flag)
            browser = webdriver.Chrome(options=options)
            began = time.monotonic()
            browser.get(html.as_uri())
            took = time.monotonic() - began
            browser.quit()
            print(f"large page: {html.stat().st_size / 1e6:.1f} MB, open in {took:.1f} s",
                  file=sys.stderr)

    @staticmethod
    def write_results(folder):
        folder.mkdir()
        (folder / "manifest.json").write_text('{"knobs": {"qp": [20, 30]}}', encoding="utf-8")
        cells = [(f"scheme-{s}", w) for s in range(9) for w in range(1, 10)]
        with open(folder / "segments.csv", "w", encoding="utf-8") as file:
            file.write("clip,scheme,weight,segment,configuration,uplink_bytes,accuracy,delay_s,status\n")
            for clip in "abcd":
                for scheme, weight in cells:
                    for t in range(300):
                        file.write(f"{clip},{scheme},{weight},{t},qp={20 + (t + weight) % 30},"
                                   f"{50000 + 37 * t % 9999},{0.5 + (t % 50) / 100},"
                                   f"0.{200 + t},ok\n")
        columns = ("clip,part,scheme,weight,configuration,kbps,accuracy,gflop,energy_j,delay_s,"
                   "streaming_accuracy,accuracy_ci_lo,accuracy_ci_hi,kbps_ci_lo,kbps_ci_hi,"
                   "segments\n")
        rows = [f"{clip},whole,{scheme},{weight},,{900 / weight},{1 - weight / 20},1,1,0.2,0.3,"
                f"0.4,0.9,10,990,300\n" for clip in "abcd" for scheme, weight in cells]
        (folder / "summary.csv").write_text(columns + "".join(rows), encoding="utf-8")
        (folder / "savings.csv").write_text(
            "clip,part,scheme,baseline,resource,status,saving,saving_ci_lo,saving_ci_hi\n",
            encoding="utf-8")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
