"""Holds what tools/external teaches and trains by to theory.

    /usr/bin/python3 tests/tools/external_test.py
"""

import io
import json
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "external"))

import oneadapt_scheme as oa
import ppo
import torch

START = {"type": "start", "protocol": 1, "clip": "c",
         "goal": {"weight": 2, "prices": {"bandwidth": 0.75, "gpu": 0.25, "energy": 0}},
         "knobs": [{"name": "qp", "values": [20, 30, 40], "acts_on": "camera", "regional": False}],
         "reference": {"qp": 20}, "regions": {"columns": 1, "rows": 1, "of_tile": [[0, 0]]},
         "link_limited": False, "loss_scale": 1}


class Module(unittest.TestCase):
    def test_speaks_a_line_each_way(self):
        out = io.StringIO()
        done = '{"type": "done", "camera": 1, "server": 2, "handle": 7}\n'
        channel = oa.Channel(io.StringIO(done), out)
        self.assertEqual(channel.thing("encode", configuration={"qp": np.int64(30)}).handle, 7)
        self.assertEqual(json.loads(out.getvalue()),
                         {"act": "encode", "configuration": {"qp": 30}})
        self.assertEqual(channel.now, {"camera": 1, "server": 2})

    def test_costs_are_shares_of_the_reference_by_their_price(self):
        setting = oa.Setting(START)
        a = {"uplink_bytes": 50, "gflop": 2, "energy_j": 5}
        b = {"uplink_bytes": 10, "gflop": 1, "energy_j": 0}
        whole = {"uplink_bytes": 100, "gflop": 4, "energy_j": 0}
        self.assertAlmostEqual(setting.cost(a, b, whole), 0.75 * 0.4 + 0.25 * 0.25)


class Ppo(unittest.TestCase):
    def test_positions_go_from_dear_to_cheap(self):
        observer = ppo.Observer(oa.Setting(START))
        np.testing.assert_array_equal(observer.candidates,
                                      [[1, 1, 1], [0.5, 1, 1], [0, 1, 1]])

    def test_advantages_without_bootstrapping_are_what_came_more_than_was_expected(self):
        advantage, target = ppo.advantages(np.array([1.0, 2.0, 3.0]), np.zeros(3), 0.5, 1.0)
        np.testing.assert_allclose(target, advantage)
        np.testing.assert_allclose(advantage, [1 + 0.5 * (2 + 0.5 * 3), 2 + 0.5 * 3, 3])

    def test_scores_of_numpy_are_those_of_the_network(self):
        policy, _ = ppo.networks(3)
        rows = np.random.default_rng(1).normal(size=(5, ppo.INPUTS)).astype(np.float32)
        layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy())
                  for layer in policy if hasattr(layer, "weight")]
        np.testing.assert_allclose(ppo.scores(layers, rows),
                                   policy(torch.tensor(rows)).detach().numpy()[:, 0], atol=1e-5)

    def test_learns_which_of_three_configurations_pays(self):
        torch.manual_seed(1)
        policy, value = ppo.networks(1)
        arguments = SimpleNamespace(epochs=6, entropy=0.0, gamma=0.0)
        optimiser = torch.optim.Adam([*policy.parameters(), *value.parameters()], 3e-3)
        candidates = ppo.Observer(oa.Setting(START)).candidates
        seen = np.zeros((64, ppo.INPUTS - len(ppo.KNOBS)))
        rows = torch.tensor(np.hstack([seen[:3], candidates]), dtype=torch.float32)
        chance = np.random.default_rng(1)
        for _ in range(60):
            chances = torch.softmax(policy(rows)[:, 0], 0).detach().numpy().astype(float)
            drawn = chance.choice(3, size=64, p=chances / chances.sum())
            played = [(seen, drawn, candidates, (drawn == 1).astype(float))]
            ppo.learn(policy, value, optimiser, ppo.batch_of(played, value, arguments), arguments)
        self.assertGreater(float(torch.softmax(policy(rows)[:, 0], 0)[1]), 0.8)


if __name__ == "__main__":
    unittest.main()
