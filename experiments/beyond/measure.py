"""What every value of one knob does to every segment, written down for lab.py.

    oneadapt-sim --dataset datasets/street-long.json --scheme external --weights 1 \\
        --set external.command="python3 experiments/beyond/measure.py OUT" --set external.limit=600

with PYTHONPATH=tools/external. OUT/CLIP.npz then has, for each segment and value, `accuracy`
(against the reference's output), `bytes`, and `difference` (the tile map of what encoding changes).
"""

import sys

import numpy as np
import oneadapt_scheme as oa


class Measure(oa.Scheme):
    """Plays the reference and profiles the whole grid."""

    def __init__(self, setting, out):
        super().__init__(setting)
        self.out = out
        self.grid = [setting.configuration([i]) for i in range(len(setting.knobs[0].values))]
        self.accuracy, self.bytes, self.difference = [], [], []

    def play(self, testbed):
        received = testbed.link.up(testbed.camera.encode(self.grid[0]))
        output = testbed.server.infer(received, self.grid[0])
        profiles = [testbed.server.read(testbed.server.profile(received, how))
                    for how in self.grid]
        footage = [testbed.camera.read(testbed.camera.encode(how)) for how in self.grid]
        self.accuracy.append([profile.accuracy for profile in profiles])
        self.bytes.append([each.bytes for each in footage])
        self.difference.append([each.difference.tiles() for each in footage])
        return oa.Delivery(self.grid[0], output)

    def end(self):
        np.savez(f"{self.out}/{self.setting.clip}.npz", accuracy=np.array(self.accuracy),
                 bytes=np.array(self.bytes), difference=np.array(self.difference))


oa.run(lambda setting: Measure(setting, sys.argv[1]))
