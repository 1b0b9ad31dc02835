"""ALERT's rival `race-to-idle` as a program: the largest DNN at the highest power cap.

    oneadapt-sim --knob model,power --profile laptop --goal min-energy --min-accuracy 0.8 \\
        --deadline-ms 60 --scheme external,race-to-idle \\
        --set external.command="python3 tools/external/race.py"

Each frame has an even share of what is left until the deadline, as in every scheme for constraints.
"""

import oneadapt_scheme as oa


class Race(oa.Scheme):
    def play(self, testbed):
        server = testbed.server
        received = testbed.link.up(testbed.camera.encode(self.setting.reference))
        kept = server.read(received).kept
        played = self.fastest()
        said = []  # frame that was sent, its output
        for place, frame in enumerate(kept):
            share = 1.0 / (len(kept) - place)
            stop = server.now() + share * (testbed.segment.due - server.now())
            output = server.infer(received, played, until=stop, place=place)
            if server.last_pass.finished is not None:
                said.append((frame, output))
        ends = [frame for frame, _ in said[1:]] + [testbed.segment.frames]
        shown = [(shown, output, 0) for (frame, output), end in zip(said, ends, strict=False)
                 for shown in range(frame, end)]
        return oa.Delivery(played, frames=shown)

    def fastest(self):
        """The configuration of the largest DNN at the highest cap."""
        chosen = max((dnn for dnn in self.setting.dnns if dnn.name),
                     key=lambda dnn: (dnn.cap_watts, dnn.seconds))
        of_machine = {"server": chosen.name, "server's device": chosen.cap_watts}
        return {knob.name: of_machine.get(knob.acts_on, self.setting.reference[knob.name])
                for knob in self.setting.knobs}


oa.run(Race)
