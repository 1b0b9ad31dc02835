"""An epsilon-greedy bandit over the grid of configurations.

    oneadapt-sim --scheme external --set external.command="python3 tools/external/bandit.py 0.1"

Now and then it plays the reference, by which the server profiles a few configurations drawn by
chance; between, it plays the one whose mean reward, accuracy - weight x cost, is best.
"""

import itertools
import random
import sys

import oneadapt_scheme as oa


class Bandit(oa.Scheme):
    """`epsilon` is the share of segments that explore."""

    def __init__(self, setting, epsilon=0.1, arms=4, seed=1):
        super().__init__(setting)
        self.epsilon, self.arms = epsilon, arms
        self.chance = random.Random(seed)
        self.grid = [setting.configuration(indices) for indices in
                     itertools.product(*(range(len(knob.values)) for knob in setting.knobs))]
        self.count, self.mean = [0] * len(self.grid), [0.0] * len(self.grid)
        self.best = 0

    def play(self, testbed):
        explores = testbed.segment.index == 0 or self.chance.random() < self.epsilon
        played = self.grid[0] if explores else self.grid[self.best]
        received = testbed.link.up(testbed.camera.encode(played))
        output = testbed.server.infer(received, played)
        if explores:
            self.explore(testbed, received)
        return oa.Delivery(played, output)

    def explore(self, testbed, reference):
        server = testbed.server
        whole = server.read(server.profile(reference, self.grid[0])).ledger
        none = dict.fromkeys(whole, 0)
        for arm in self.chance.sample(range(len(self.grid)), min(self.arms, len(self.grid))):
            seen = server.read(server.profile(reference, self.grid[arm]))
            cost = self.setting.cost(seen.ledger, none, whole)
            reward = seen.accuracy - self.setting.weight * cost
            self.count[arm] += 1
            self.mean[arm] += (reward - self.mean[arm]) / self.count[arm]
        tried = [arm for arm, count in enumerate(self.count) if count > 0]
        choice = server.make(max(tried, key=lambda arm: self.mean[arm]))
        self.best = testbed.camera.read(testbed.link.down(choice)).value


oa.run(lambda setting: Bandit(setting, float(sys.argv[1]) if len(sys.argv) > 1 else 0.1))
