"""What tools/import_labels.py makes of labels of MOTChallenge and KITTI.

    /usr/bin/python3 tests/tools/import_labels_test.py
"""

import json
import math
import subprocess
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools/import_labels.py"

SEQINFO = "[Sequence]\nname=x\nframeRate=25\nseqLength=3\nimWidth=100\nimHeight=50\n"
# The LiDAR's x (ahead) is the camera's z, y (left) its -x, z (up) its -y; it stands 0.3 m behind.
CALIB = ("P0: 1 0 0 0 0 1 0 0 0 0 1 0\nR_rect 1 0 0 0 1 0 0 0 1\n"
         "Tr_velo_cam 0 -1 0 0 0 0 -1 0 1 0 0 -0.3\n")


class Import(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_tool(self, *arguments):
        return subprocess.run(["/usr/bin/python3", TOOL, *map(str, arguments), "--out",
                               self.path / "out.json"], capture_output=True, text=True, check=False)

    def labels(self, *arguments):
        ran = self.run_tool(*arguments)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        return json.loads((self.path / "out.json").read_text(encoding="utf-8"))

    def refused(self, code, text, *arguments):
        ran = self.run_tool(*arguments)
        self.assertEqual(ran.returncode, code, ran.stderr)
        self.assertIn(text, ran.stderr)
        self.assertFalse((self.path / "out.json").exists())

    def test_mot(self):
        self.write("s/seqinfo.ini", SEQINFO)
        gt = self.write("s/gt/gt.txt", "1,7,1,1,10,20,1,1,0.9\n1,8,95,41,20,20,0,1,1\n"
                        "3,7,11,6,10,20,1,3,0.5\n3,9,5,5,5,5,1,9,1\n3,4,1,1,4,4,1,7,1\n")
        labels = self.labels("mot", gt)
        self.assertEqual((labels["format"], labels["width"], labels["height"], labels["fps"]),
                         ("oneadapt-labels-1", 100, 50, 25))
        self.assertEqual(labels["classes"], ["person", "car"])
        self.assertEqual(labels["frames"], [
            [{"class": "person", "box": [0, 0, 10, 20], "id": 7, "visible": 0.9},
             {"class": "person", "box": [94, 40, 100, 50], "id": 8, "visible": 1, "ignored": True}],
            [],
            [{"class": "car", "box": [10, 5, 20, 25], "id": 7, "visible": 0.5},
             {"class": "person", "box": [0, 0, 4, 4], "id": 4, "visible": 1, "ignored": True}]])
        hidden = self.labels("mot", gt, "--min-visible", "0.6")["frames"][2][0]
        self.assertTrue(hidden["ignored"])

    def test_kitti(self):
        file = self.write("0001.txt",
                          "0 1 Car 0 0 0 10 10 60 60 1.5 1.6 4 0 1.5 20 0\n"
                          "0 2 Car 0 2 0 10 10 60 60 1.5 1.6 4 0 1.5 20 0\n"
                          "0 -1 DontCare -1 -1 -10 5 5 9 9 -1 -1 -1 -1000 -1000 -1000 -10\n"
                          "1 3 Pedestrian 0 0 0 10 10 20 34 1.7 0.5 0.5 0 1.5 20 0\n"
                          "1 4 Misc 0 0 0 10 10 60 60 1.5 1.6 4 0 1.5 20 0\n")
        labels = self.labels("kitti", file, "--size", "100x80", "--frames", "3")
        self.assertEqual(labels["classes"], ["car", "person"])
        first, second, third = labels["frames"]
        self.assertEqual([(o["class"], o.get("ignored", False)) for o in first],
                         [("car", False), ("car", True), ("car", True), ("person", True)])
        self.assertEqual([(o["class"], o["ignored"]) for o in second], [("person", True)])  # low
        self.assertEqual(third, [])

    def test_kitti_lidar(self):
        calib = self.write("calib.txt", CALIB)
        file = self.write("0001.txt", "0 1 Car 0 0 0 10 10 60 60 1.5 1.6 4 2 1.7 20 0\n"
                          f"0 2 Car 0 0 0 10 10 60 60 1.5 1.6 4 0 1.7 9.7 {-math.pi / 2}\n")
        labels = self.labels("kitti-lidar", file, "--calib", calib)
        self.assertEqual(labels["format"], "oneadapt-boxes3d-1")
        right, ahead = labels["frames"][0]
        # Two metres to the right, its middle 0.95 m under the sensor, heading to the right.
        self.assertEqual(right["center"], [20.3, -2, -0.95])
        self.assertEqual(right["size"], [4, 1.6, 1.5])
        self.assertAlmostEqual(right["yaw"], -math.pi / 2, 5)
        self.assertEqual(ahead["center"], [10, 0, -0.95])
        self.assertAlmostEqual(ahead["yaw"], 0, 5)

    def test_bad_input(self):
        none = self.path / "none.txt"
        self.refused(3, "cannot be read", "mot", none, "--size", "9x9", "--fps", 5)
        gt = self.write("gt/gt.txt", "1,1,1,1,9,9,1,1\n")
        self.refused(2, "give --size", "mot", gt)
        self.refused(3, "gt.txt:1: has 8 fields", "mot", gt, "--size", "99x99", "--fps", "5")
        self.write("gt/gt.txt", "1,1,1,1,9,wide,1,1,1\n")
        self.refused(3, "gt.txt:1", "mot", gt, "--size", "99x99", "--fps", "5")
        self.write("gt/gt.txt", "1.5,1,1,1,9,9,1,1,1\n")
        self.refused(3, "the frame is 1.5", "mot", gt, "--size", "99x99", "--fps", "5")
        self.write("gt/gt.txt", "9,1,1,1,9,9,1,1,1\n")
        self.refused(3, "frame 9 of 4", "mot", gt, "--size", "99x99", "--fps", "5", "--frames", "4")
        self.write("gt/gt.txt", "")
        self.refused(3, "no labels", "mot", gt, "--size", "99x99", "--fps", "5")
        self.refused(2, "WIDTHxHEIGHT", "mot", gt, "--size", "99")
        kitti = self.write("k.txt", "0 1 Car 0 0 0 1 1 9 9 1 1 1 0 0 9\n")
        self.refused(3, "k.txt:1: has 16 fields", "kitti", kitti, "--size", "99x99")
        kitti = self.write("k.txt", "0 1 Car 0 0 0 1 1 9 9 1 1 1 0 0 9 0\n")
        self.refused(2, "--calib", "kitti-lidar", kitti)
        calib = self.write("c.txt", "R_rect 1 0 0 0 1 0 0 0 1\n")
        self.refused(3, "lacks Tr_velo_cam", "kitti-lidar", kitti, "--calib", calib)


if __name__ == "__main__":
    unittest.main()
