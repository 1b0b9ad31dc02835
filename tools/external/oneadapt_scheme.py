"""Schemes for `oneadapt-sim --scheme external`, written in Python.

A scheme derives from Scheme or ConfigurationScheme and ends with `run(ITS_CLASS)`:

    import oneadapt_scheme as oa

    class Cheapest(oa.ConfigurationScheme):
        def decide(self, testbed):
            return {knob.name: knob.values[-1] for knob in self.setting.knobs}

    oa.run(Cheapest)

docs/external.md says what the acts do. Machines work one thing after the other; what an act yields
is a Thing, which is known once its machine has read it.
"""

import json
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

PROTOCOL = 1


@dataclass(frozen=True)
class Knob:
    """A knob of the run, its values most expensive first."""

    name: str
    values: list
    acts_on: str  # "camera" or "server"
    regional: bool


@dataclass(frozen=True)
class Dnn:
    """What the offline profile knows of a DNN of the run at a power cap, undisturbed."""

    name: str  # its value of the knob that chooses it; "" where only a stopped DNN says it
    seconds: float  # of one frame
    watts: float
    cap_watts: float  # 0 where there is no cap
    exits: list  # of an anytime DNN, places among Setting.dnns, itself the last
    accuracy: float  # mean, on other recordings; None where it is not known


class Setting:
    """What stays as it is in a cell: the first message."""

    def __init__(self, message):
        self.clip = message["clip"]
        self.goal = SimpleNamespace(**message["goal"])
        self.knobs = [Knob(**knob) for knob in message["knobs"]]
        self.reference = message["reference"]
        self.columns = message["regions"]["columns"]
        self.rows = message["regions"]["rows"]
        self.of_tile = np.array(message["regions"]["of_tile"], dtype=int)  # [tile row][column]
        self.dnns = [Dnn(**dnn) for dnn in message.get("dnns", [])]
        self.link_limited = message["link_limited"]
        self.loss_scale = message["loss_scale"]

    @property
    def weight(self):
        """The price of cost in accuracy, 0 where there is none."""
        return self.goal.weight or 0.0

    def configuration(self, indices):
        """Each knob at that index of its values; 0 is the most expensive."""
        return {knob.name: knob.values[i] for knob, i in zip(self.knobs, indices, strict=True)}

    def cost(self, a, b, reference):
        """By how much ledger `a` costs more than `b`, as a share of what `reference` costs."""
        prices = self.goal.prices
        shares = ("bandwidth", "uplink_bytes"), ("gpu", "gflop"), ("energy", "energy_j")
        return sum(prices[price] * ((a[paid] - b[paid]) / reference[paid])
                   for price, paid in shares if reference[paid] > 0)


class Thing:
    """What an act yielded."""

    def __init__(self, handle):
        self.handle = handle


class TileMap:
    """A number for each tile of a frame, of something that was read."""

    def __init__(self, channel, handle, size):
        self._channel, self._handle = channel, handle
        self.rows, self.columns = size["rows"], size["columns"]

    def mean(self):
        return self._channel.act("mean", of=self._handle).value

    def mean_product(self, other):
        return self._channel.act("mean_product", of=self._handle, **{"with": other._handle}).value

    def tiles(self):
        """[row][column], float32."""
        return np.array(self._channel.act("tiles", of=self._handle).tiles, dtype=np.float32)


class Channel:
    """The talk with the simulator, a line each way."""

    def __init__(self, lines, out):
        self._lines, self._out = lines, out
        self.now = {"camera": 0.0, "server": 0.0}

    def hear(self):
        """The next message, or None when there is none to come."""
        line = self._lines.readline()
        if not line:
            return None
        message = json.loads(line)
        if message["type"] == "error":
            sys.exit(f"oneadapt-sim: {message['message']}")
        return message

    def say(self, message):
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def act(self, name, **request):
        self.say({"act": name} | {key: _plain(value) for key, value in request.items()
                                  if value is not None})
        done = self.hear()
        if done is None:
            sys.exit(0)
        self.now = {place: done[place] for place in self.now}
        return SimpleNamespace(**done)

    def thing(self, name, **request):
        return Thing(self.act(name, **request).handle)


def _plain(value):
    """As JSON has it: numpy's numbers and arrays are Python's, a Thing is its handle."""
    if isinstance(value, Thing):
        return value.handle
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


class Machine:
    """Camera or server: where things are read."""

    def __init__(self, channel, place):
        self._channel, self._place = channel, place

    def now(self):
        """The time up to which it is busy, in seconds of the clip."""
        return self._channel.now[self._place]

    def wait_until(self, seconds):
        self._channel.act("wait", at=self._place, until=seconds)

    def arrived(self, thing):
        return self._channel.act("arrived", of=thing).arrived

    def read(self, thing):
        """Waits for something and looks at it: an object with the answer's members."""
        done = self._channel.act("read", of=thing)
        for name in ("difference", "saliency"):
            if hasattr(done, name):
                setattr(done, name, TileMap(self._channel, thing.handle, getattr(done, name)))
        return done

    def make(self, value):
        """A message of one's own, anything that JSON can write."""
        return self._channel.thing("make", at=self._place, value=value)

    def output(self, frames):
        """An output of one's own: [{"boxes": [[x1, y1, x2, y2, score, label]], "words": []}]."""
        return self._channel.thing("make", at=self._place, output=frames)


class Camera(Machine):
    def encode(self, configuration, only=None, frames=None):
        """Footage. `only`: numbers of regions; `frames`: numbers of frames, ascending."""
        return self._channel.thing("encode", configuration=configuration, only=only, frames=frames)

    def demand(self, configuration):
        """The ledger of playing a configuration, without what a scheme adds."""
        return self._channel.act("demand", configuration=configuration).ledger

    def wait_for(self, frame):
        """Waits until that frame of the segment is captured."""
        self._channel.act("wait", at=self._place, frame=frame)


class Link:
    def __init__(self, channel):
        self._channel = channel
        self.ticks = []  # of the last segment, every 100 ms: queued_bytes, sent_bytes

    def up(self, thing, size=None):
        """Footage, or something else of `size` bytes."""
        return self._channel.thing("up", of=thing, bytes=size)

    def down(self, thing, size=None):
        return self._channel.thing("down", of=thing, bytes=size)

    def pad(self, size):
        self._channel.act("pad", bytes=size)


class Server(Machine):
    last_pass = None  # of the last infer() that had an `until`: finished (a place among
    # Setting.dnns, or None), frames, and the times from, done and stopped

    def infer(self, received, configuration=None, until=None, place=None):
        """An output, by the DNN that the configuration chooses; stopped at a time. With `place`, of
        that one of the received frames alone."""
        done = self._channel.act("infer", of=received, configuration=configuration, until=until,
                                 place=place)
        if until is not None:
            self.last_pass = SimpleNamespace(**done.__dict__["pass"])
        return Thing(done.handle)

    def think(self, gflop):
        """Works something out of its own, which takes time and is charged."""
        self._channel.act("think", gflop=gflop)

    def idle_watts(self):
        """Mean power since it was last busy; None where no time has passed."""
        return self._channel.act("idle_watts").value

    def gradient(self, received, configuration=None, floor=0.0):
        return self._channel.thing("gradient", of=received, configuration=configuration,
                                   floor=floor)

    def profile(self, reference, configuration):
        return self._channel.thing("profile", of=reference, configuration=configuration)

    def paste(self, under, over):
        return self._channel.thing("paste", of=under, over=over)


class Testbed:
    """The priced world of a cell: camera, link and server."""

    def __init__(self, channel):
        self._channel = channel
        self.camera = Camera(channel, "camera")
        self.link = Link(channel)
        self.server = Server(channel, "server")
        # index, frames, start, duration; due: when a result must be ready on the server to be
        # delivered by the goal's deadline, or None
        self.segment = None

    def begin(self, message):
        self.segment = SimpleNamespace(**message)
        self.link.ticks = message["ticks"]

    def note(self, knob, dearer, cheaper, estimate):
        """A prediction, which the results compare with what is measured."""
        self._channel.act("note", knob=knob, dearer=dearer, cheaper=cheaper, estimate=estimate)


class Delivery:
    """What is handed over for a segment: an output for every frame, or of `frames` rows of
    (frame, output, frame of the output). `played` is a configuration or a label."""

    def __init__(self, played, output=None, frames=()):
        self.played, self.output, self.frames = played, output, frames

    def message(self):
        named = "configuration" if isinstance(self.played, dict) else "played"
        message = {"act": "deliver", named: _plain(self.played)}
        if self.output is not None:
            message["of"] = self.output.handle
        if self.frames:
            message["frames"] = [_plain(list(row)) for row in self.frames]
        return message


class Scheme:
    """A scheme of one's own: play() says what is done with a segment."""

    def __init__(self, setting):
        self.setting = setting

    def play(self, testbed):
        """Acts on the testbed and returns a Delivery."""
        raise NotImplementedError

    def end(self):
        """Called after the last segment."""


class ConfigurationScheme(Scheme):
    """One configuration for a segment: decide, encode, send, infer, learn."""

    def play(self, testbed):
        played = self.decide(testbed)
        footage = testbed.camera.encode(played)
        received = testbed.link.up(footage)
        output = testbed.server.infer(received, played)
        self.learn(testbed, SimpleNamespace(configuration=played, footage=footage,
                                            received=received, output=output))
        return Delivery(played, output)

    def decide(self, testbed):
        """The segment's configuration: {"qp": 30}."""
        raise NotImplementedError

    def learn(self, testbed, played):
        """Called when the result is delivered."""


def run(make):
    """Plays a cell: `make(setting)` makes the scheme. What it prints goes to standard error."""
    channel = Channel(sys.stdin, sys.stdout)
    sys.stdout = sys.stderr
    start = channel.hear()
    if start is None:
        return
    if start["protocol"] != PROTOCOL:
        sys.exit(f"the simulator speaks version {start['protocol']}, this module {PROTOCOL}")
    scheme = make(Setting(start))
    channel.say({"type": "ready", "protocol": PROTOCOL})
    testbed = Testbed(channel)
    while (segment := channel.hear()) is not None:
        testbed.begin(segment)
        channel.say(scheme.play(testbed).message())
    scheme.end()
