"""The loop that all networks of this project are trained with."""

import time

import numpy as np
import torch


def fit(net, batch_loss, steps, rate, seed, *, rise, clip, memory):
    """Trains in place on `batch_loss(rng, share of the steps done)`; returns the seconds.

    AdamW with a one-cycle rate that rises for the share `rise` of the steps, gradients clipped to a
    norm of `clip`. The weights that it leaves are a moving average that keeps `memory` a step.
    """
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=rise,
                                                   final_div_factor=100)
    average = {name: value.clone() for name, value in net.state_dict().items()}
    started, recent = time.time(), 0.0
    for step in range(steps):
        loss = batch_loss(rng, step / steps)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), clip)
        optimiser.step()
        schedule.step()
        keep = min(memory, step / (step + 10))
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                average[name].mul_(keep).add_(value, alpha=1 - keep)
        recent += loss.item()
        if step % 100 == 99:
            print(f"step {step + 1} loss {recent / 100:.4f} {time.time() - started:.0f} s",
                  flush=True)
            recent = 0.0
    net.load_state_dict(average)
    return time.time() - started
