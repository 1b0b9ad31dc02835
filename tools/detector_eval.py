"""How well a detector's boxes agree with labels: F1 per picture by one-to-one matching."""

import numpy as np
import torch
import torchvision

NMS_IOU = 0.5
MATCH_IOU = 0.5


@torch.no_grad()
def detect(model, batch, nms_iou=NMS_IOU, least_score=0.05):
    """Rows x1, y1, x2, y2, class, score after non-maximum suppression, best score first.

    `batch` is one picture, as the model wants it.
    """
    boxes, scores = (part[0] for part in model(batch))
    place, kind = (scores >= least_score).nonzero(as_tuple=True)
    score = scores[place, kind]
    kept = torchvision.ops.batched_nms(boxes[place], score, kind, nms_iou)
    columns = [boxes[place[kept]], kind[kept, None].float(), score[kept, None]]
    return torch.cat(columns, 1).numpy()


def area(boxes):
    return (boxes[..., 2:4] - boxes[..., :2]).prod(-1)


def common_area(box, others):
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:4], others[:, 2:4])
    return np.maximum(high - low, 0).prod(1)


def count_matches(found, labels):
    """Of one picture: matches, detections that count, labels that count.

    Greedy one-to-one matching within each class. `found` has rows x1, y1, x2, y2, class, ..., its
    best first; `labels` the same with a sixth column that is 1 where a label is ignored. A
    detection that no label could match and that lies at least half in an ignored one does not
    count.
    """
    truth, ignored = labels[labels[:, 5] == 0], labels[labels[:, 5] == 1]
    free = np.ones(len(truth), bool)
    matches = counted = 0
    for row in found:
        common = common_area(row, truth)
        iou = common / (area(row) + area(truth) - common)
        fits = (truth[:, 4] == row[4]) & (iou >= MATCH_IOU)
        counted += bool(fits.any() or (common_area(row, ignored) < 0.5 * area(row)).all())
        if (fits & free).any():
            free[np.argmax(np.where(fits & free, iou, -1))] = False
            matches += 1
    return matches, counted, len(truth)


def f1(matches, found, truth):
    return 2 * matches / (found + truth) if found + truth else 1.0


def scores_at(detections, labels, threshold):
    """Per picture rows (matches, found, labelled)."""
    return np.array([count_matches(found[found[:, 5] >= threshold], of_picture)
                     for found, of_picture in zip(detections, labels, strict=True)])


def best_threshold(detections, labels):
    """The score threshold of the highest mean F1 on some pictures, in steps of 0.02."""
    candidates = np.arange(0.2, 0.7, 0.02)
    means = [np.mean([f1(*row) for row in scores_at(detections, labels, t)]) for t in candidates]
    return round(float(candidates[int(np.argmax(means))]), 2)


def report(detections, labels, kinds, classes, threshold):
    """A table of F1, precision and recall for each kind of camera, and recall per class."""
    rows = scores_at(detections, labels, threshold)
    kinds = np.array(kinds)
    lines = [f"threshold {threshold}; kind, pictures, labels per picture, F1, precision, recall"]
    for kind in (*dict.fromkeys(kinds), "all"):
        chosen = rows if kind == "all" else rows[kinds == kind]
        matches, found, truth = chosen.sum(0)
        mean = np.mean([f1(*row) for row in chosen])
        lines.append(f"{kind}, {len(chosen)}, {truth / len(chosen):.1f}, {mean:.3f}, "
                     f"{matches / max(found, 1):.3f}, {matches / max(truth, 1):.3f}")
    for number, name in enumerate(classes):
        of_class = [rows[(rows[:, 4] == number) | (rows[:, 5] == 1)] for rows in labels]
        found = [rows[rows[:, 4] == number] for rows in detections]
        matches, kept, truth = scores_at(found, of_class, threshold).sum(0)
        lines.append(f"{name}: {truth} labels, precision {matches / max(kept, 1):.3f}, "
                     f"recall {matches / max(truth, 1):.3f}")
    return "\n".join(lines)
