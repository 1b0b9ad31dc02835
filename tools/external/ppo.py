"""A policy trained by PPO (Schulman et al., 2017; with the dual clip of Ye et al., 2020) on what
the simulator measures.

    python3 tools/external/ppo.py --out policy.pt --iterations 50 --weights 0.3,3 \\
        --links "0.5 1 2" -- --knob qp --dataset datasets/street.json

Each iteration plays the current policy as an external scheme (this file again, with `--play`) on
every clip, weight and one of the links, and learns from the objective and delay of segments.csv:
the reward of a segment is its objective - beta x its delay in segments. Whatever stands behind `--`
goes to the simulator.

The policy sees what the camera knows by itself: sizes, throughput and queue of the last segments,
what it played, and the segment at hand encoded as the last one was played. It gives every
configuration of the grid a score from its positions, so that it fits any values of its knobs.
"""

import argparse
import csv
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import oneadapt_scheme as oa

KNOBS = ("qp", "resolution", "framerate")  # whose positions a policy sees; 1 where not in use
HISTORY = 4  # segments
INPUTS = 4 * HISTORY + len(KNOBS) + 4 + len(KNOBS)  # of a score: what is seen, and a candidate
HIDDEN = 64


def scores(layers, rows):
    """The score of each row, by layers [(weight, bias)] with tanh between."""
    for weight, bias in layers[:-1]:
        rows = np.tanh(rows @ weight.T + bias)
    weight, bias = layers[-1]
    return (rows @ weight.T + bias)[:, 0]


class Observer:
    """What the camera sees, as numbers of about one."""

    def __init__(self, setting):
        self.setting = setting
        self.tiles = setting.of_tile.size
        self.past = [[0.0] * 4 for _ in range(HISTORY)]  # the latest last
        self.grid = list(itertools.product(*(range(len(knob.values)) for knob in setting.knobs)))
        self.candidates = np.array([self.positions(indices) for indices in self.grid])

    def positions(self, indices):
        """1 is a knob's most expensive value, 0 its cheapest."""
        at = {knob.name: 1 - i / max(1, len(knob.values) - 1)
              for knob, i in zip(self.setting.knobs, indices, strict=True)}
        return [at.get(name, 1.0) for name in KNOBS]

    def per_pixel(self, size, segment):
        """log10 of a segment's bits per pixel of its frames, from -1 to 1 where it is usual."""
        pixels = 256 * self.tiles * segment.frames
        return math.log10(8 * size / pixels + 1e-4) + 2

    def link(self, testbed):
        """Throughput, and seconds that wait in the queue, of the last segment."""
        ticks, segment = testbed.link.ticks, testbed.segment
        sent = sum(tick["sent_bytes"] for tick in ticks)
        queued = ticks[-1]["queued_bytes"] if ticks else 0.0
        return [self.per_pixel(sent, segment), min(queued / (sent + 1.0), 10.0)]

    def remember(self, testbed, footage):
        """Closes a segment by what was sent of it."""
        self.past = [*self.past[1:], [self.per_pixel(footage.bytes, testbed.segment), 0.0, 0.0,
                                      10 * footage.difference.mean()]]

    def rows(self, testbed, last, at_hand):
        """A row for each configuration of the grid."""
        self.past[-1][1:3] = self.link(testbed)
        seen = [*itertools.chain(*self.past), *self.positions(last),
                self.per_pixel(at_hand.bytes, testbed.segment), 10 * at_hand.difference.mean(),
                math.log10(self.setting.weight + 0.01), float(self.setting.link_limited)]
        return np.hstack([np.tile(seen, (len(self.grid), 1)), self.candidates])


class Policy(oa.Scheme):
    """Plays a policy, and writes down what it saw and drew."""

    def __init__(self, setting, file, folder, greedy):
        super().__init__(setting)
        stored = np.load(file)
        self.layers = [(stored[f"weight{i}"], stored[f"bias{i}"]) for i in range(len(stored) // 2)]
        self.folder, self.greedy = folder, greedy
        self.chance = random.Random(f"{setting.clip} {setting.weight}")
        self.observer = Observer(setting)
        self.last = [(len(knob.values) - 1) // 2 for knob in setting.knobs]
        self.seen, self.drawn = [], []

    def play(self, testbed):
        camera = testbed.camera
        at_hand = camera.read(camera.encode(self.setting.configuration(self.last)))
        rows = self.observer.rows(testbed, self.last, at_hand)
        choice = self.draw(scores(self.layers, rows))
        self.seen.append(rows[0, :-len(KNOBS)])
        self.drawn.append(choice)
        self.last = self.observer.grid[choice]
        configuration = self.setting.configuration(self.last)
        footage = camera.encode(configuration)
        received = testbed.link.up(footage)
        output = testbed.server.infer(received, configuration)
        self.observer.remember(testbed, camera.read(footage))
        return oa.Delivery(configuration, output)

    def draw(self, logits):
        if self.greedy:
            return int(np.argmax(logits))
        chances = np.exp(logits - logits.max())
        return self.chance.choices(range(len(chances)), chances)[0]

    def end(self):
        if self.folder:
            name = f"{self.setting.clip}@{self.setting.weight!r}.npz"
            np.savez(Path(self.folder) / name, seen=self.seen, drawn=self.drawn,
                     candidates=self.observer.candidates)


def networks(seed):
    """Policy and value networks."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)

    def network(inputs):
        return torch.nn.Sequential(torch.nn.Linear(inputs, HIDDEN), torch.nn.Tanh(),
                                   torch.nn.Linear(HIDDEN, HIDDEN), torch.nn.Tanh(),
                                   torch.nn.Linear(HIDDEN, 1))

    return network(INPUTS), network(INPUTS - len(KNOBS))


def save_layers(policy, file):
    linear = [layer for layer in policy if hasattr(layer, "weight")]
    arrays = {}
    for i, layer in enumerate(linear):
        arrays[f"weight{i}"] = layer.weight.detach().numpy()
        arrays[f"bias{i}"] = layer.bias.detach().numpy()
    np.savez(file, **arrays)


def play(arguments, policy_file, folder, link, greedy):
    """Plays a policy on all clips and weights; returns {(clip, weight): rows of segments.csv}."""
    command = f"OPENBLAS_NUM_THREADS=1 exec {sys.executable} {__file__} --play {policy_file}"
    command += f" --folder {folder}" + (" --greedy" if greedy else "")
    subprocess.run([arguments.simulator, "--scheme", "external", "--set",
                    f"external.command={command}", "--weights", arguments.weights,
                    *(["--link", link] if link else []), "--out", str(Path(folder) / "results"),
                    "--quiet", *arguments.simulation], check=True)
    cells = {}
    with open(Path(folder) / "results" / "segments.csv", newline="") as file:
        for row in csv.DictReader(file):
            cells.setdefault((row["clip"], float(row["weight"])), []).append(row)
    return cells


def rewards(rows, beta):
    """objective - beta x delay beyond a segment, of each segment."""
    return np.array([float(row["objective"]) - beta * min(10.0, max(0.0, float(row["delay_s"])))
                     for row in rows])


def trajectories(folder, cells, arguments):
    """What each cell saw, drew and gained."""
    for file in sorted(Path(folder).glob("*.npz")):
        clip, weight = file.stem.rsplit("@", 1)
        rows = cells.get((clip, float(weight)))
        if rows is None:
            continue
        stored = np.load(file)
        # In units that are alike for all weights, so that dear ones do not drown the others.
        gained = rewards(rows, arguments.beta) / (1.0 + float(weight))
        yield stored["seen"], stored["drawn"], stored["candidates"], gained


def advantages(gained, values, gamma, lam):
    """Generalised advantage estimates of a trajectory, and what the value network should say."""
    after = np.append(values[1:], values[-1])
    out, running = np.zeros(len(gained)), 0.0
    for t in reversed(range(len(gained))):
        running = gained[t] + gamma * after[t] - values[t] + gamma * lam * running
        out[t] = running
    return out, out + values


def learn(policy, value, optimiser, batch, arguments):
    """Some epochs of PPO over all that was played."""
    import torch

    seen, drawn, candidates, advantage, target = batch
    count, grid = len(drawn), len(candidates)

    def log_chances(at):
        rows = torch.cat([seen[at, None].expand(-1, grid, -1),
                          candidates.expand(len(at), -1, -1)], dim=2)
        return torch.log_softmax(policy(rows)[..., 0], dim=1)

    everything = torch.arange(count)
    with torch.no_grad():
        before = torch.cat([log_chances(at)[torch.arange(len(at)), drawn[at]]
                            for at in everything.split(512)])
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-6)
    for _ in range(arguments.epochs):
        for at in torch.randperm(count).split(256):
            chances = log_chances(at)
            ratio = torch.exp(chances[torch.arange(len(at)), drawn[at]] - before[at])
            gain = advantage[at]
            clipped = torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain)
            clipped = torch.where(gain < 0, torch.maximum(clipped, 3.0 * gain), clipped)
            entropy = -(chances.exp() * chances).sum(dim=1)
            error = (value(seen[at])[..., 0] - target[at]) ** 2
            loss = -clipped.mean() - arguments.entropy * entropy.mean() + 0.5 * error.mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def batch_of(played, value, arguments):
    import torch

    parts = []
    for seen, drawn, _, gained in played:
        with torch.no_grad():
            values = value(torch.tensor(seen, dtype=torch.float32))[..., 0].numpy()
        parts.append((seen, drawn, *advantages(gained, values, arguments.gamma, 0.95)))
    seen, drawn, advantage, target = (np.concatenate(column) for column in zip(*parts, strict=True))
    return (torch.tensor(seen, dtype=torch.float32), torch.tensor(drawn),
            torch.tensor(played[0][2], dtype=torch.float32),
            torch.tensor(advantage, dtype=torch.float32), torch.tensor(target, dtype=torch.float32))


def train(arguments):
    """Returns the policy, and its mean reward in each iteration."""
    import torch

    policy, value = networks(arguments.seed)
    optimiser = torch.optim.Adam([*policy.parameters(), *value.parameters()], arguments.lr)
    links = arguments.links.split() or [""]
    curve = []
    for iteration in range(arguments.iterations):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "policy"
            save_layers(policy, f"{file}.npz")
            os.rename(f"{file}.npz", file)
            cells = play(arguments, file, folder, links[iteration % len(links)], greedy=False)
            played = list(trajectories(folder, cells, arguments))
        learn(policy, value, optimiser, batch_of(played, value, arguments), arguments)
        curve.append(float(np.mean([gained.mean() for *_, gained in played])))
        print(f"iteration {iteration}: link {links[iteration % len(links)] or 'unlimited'}, "
              f"reward {curve[-1]:.4f}", flush=True)
    return policy, curve


def read_arguments(words):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--play", metavar="FILE", help="be the scheme, with that policy")
    parser.add_argument("--folder", help="with --play: where what was seen goes")
    parser.add_argument("--greedy", action="store_true", help="with --play: draw nothing by chance")
    parser.add_argument("--out", default="policy.pt", help="TorchScript file to write")
    parser.add_argument("--simulator", default="build/release/oneadapt-sim")
    parser.add_argument("--weights", default="0.1,1,10")
    parser.add_argument("--links", default="", help="one each iteration, by turns; see --link")
    parser.add_argument("--beta", type=float, default=0.0, help="price of a second of delay")
    parser.add_argument("--iterations", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--gamma", type=float, default=0.8)
    parser.add_argument("--entropy", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("simulation", nargs="*", help="options of the simulator, after --")
    return parser.parse_args(words)


def main():
    arguments = read_arguments(sys.argv[1:])
    if arguments.play:
        oa.run(lambda setting: Policy(setting, arguments.play, arguments.folder, arguments.greedy))
        return
    import torch

    policy, curve = train(arguments)
    torch.jit.trace(policy, torch.zeros(1, INPUTS)).save(arguments.out)
    facts = {"iterations": arguments.iterations, "seed": arguments.seed, "beta": arguments.beta,
             "weights": arguments.weights, "links": arguments.links,
             "simulation": arguments.simulation, "curve": [round(value, 5) for value in curve]}
    Path(arguments.out).with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
