"""The bounded update (src/schemes/bounded.cpp, `oneadapt-bounded`) as an external scheme.

    oneadapt-sim --scheme external --set external.command="python3 tools/external/bounded.py"

Its segments.csv equals the built-in scheme's byte for byte, of knobs with one value for a frame.
"""

import math

import oneadapt_scheme as oa

FLOOR = 0.05
DIFFERENCE_SHARE = 0.2
CHEAPER_STEP, DEARER_STEP = 0.5, 1.0


class LongRunMean:
    """Mean of all values seen so far."""

    def __init__(self):
        self.count, self.mean = 0, 0.0

    def add(self, value):
        self.count += 1
        self.mean += (value - self.mean) / self.count

    def relative(self, value):
        return value / self.mean if self.mean > 0 else 0.0


class Bounded(oa.ConfigurationScheme):
    def __init__(self, setting):
        super().__init__(setting)
        self.places = [(len(knob.values) - 1) / 2 for knob in setting.knobs]
        self.saliency_mean, self.difference_mean = LongRunMean(), LongRunMean()

    def decide(self, testbed):
        self.applied = [math.floor(place) + (place - math.floor(place) >= 0.5)
                        for place in self.places]
        return self.setting.configuration(self.applied)

    def learn(self, testbed, played):
        made = testbed.server.gradient(played.received, played.configuration, FLOOR)
        testbed.server.read(made)
        gradient = testbed.link.down(made)
        # The camera encodes while the gradient is on its way.
        trials = [self.encode(testbed, k) for k, knob in enumerate(self.setting.knobs)
                  if len(knob.values) > 1]
        saliency = testbed.camera.read(gradient).saliency
        for trial in trials:
            self.move(testbed, saliency, *trial)

    def encode(self, testbed, k):
        """The dearer and the cheaper neighbour of a knob's place."""
        dear = list(self.applied)
        dear[k] = min(math.floor(self.places[k]), len(self.setting.knobs[k].values) - 2)
        cheap = list(dear)
        cheap[k] += 1
        camera = testbed.camera
        both = [self.setting.configuration(indices) for indices in (dear, cheap)]
        return k, both, [camera.read(camera.encode(each)).difference for each in both]

    def move(self, testbed, saliency, k, both, maps):
        """Moves a knob by what it loses between its neighbours, and saves."""
        pixels = 16 * 16 * (saliency.rows * saliency.columns)
        salient = [saliency.mean_product(each) * pixels for each in maps]
        different = [each.mean() for each in maps]
        for s, d in zip(salient, different, strict=True):
            self.saliency_mean.add(s)
            self.difference_mean.add(d)
        reference = testbed.camera.demand(self.setting.reference)
        dear, cheap = (testbed.camera.demand(each) for each in both)
        saved = self.setting.weight * self.setting.cost(dear, cheap, reference)
        lost = (self.saliency_mean.relative(salient[1] - salient[0]) +
                DIFFERENCE_SHARE * self.difference_mean.relative(different[1] - different[0]))
        pull = (saved - lost) / (abs(saved) + abs(lost) + 1e-12)
        knob = self.setting.knobs[k]
        place = self.places[k] + pull * (CHEAPER_STEP if pull > 0 else DEARER_STEP)
        self.places[k] = min(max(place, 0.0), len(knob.values) - 1.0)
        testbed.note(knob.name, *both, salient[1] - salient[0])


oa.run(Bounded)
