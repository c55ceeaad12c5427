"""Cut the city into hydraulic models by the river that each crossing drains to."""

import numpy as np

from simulators.city.crossings import IntArray, Reaches
from simulators.city.drains import Tree

ROOM = 0.87  # of a model's nodes for crossings; the rest is for rivers, bowls and outfalls


def parts_of(tree: Tree, reaches: Reaches, cap: int) -> tuple[IntArray, IntArray]:
    """Which model each crossing and each cross-section of a river belongs to, numbered from 0.

    A river that gathers more than a model holds is cut across; small neighbours share a model.

    Args:
        cap: Nodes of one model at the most.
    """
    room = int(cap * ROOM)
    weight = np.bincount(tree.bank, minlength=reaches.x.size)
    if weight.sum() <= room:
        return np.zeros(tree.bank.size, dtype=np.intp), np.zeros(reaches.x.size, dtype=np.intp)
    piece = np.zeros(reaches.x.size, dtype=np.intp)
    n_pieces = 0
    for run in range(int(reaches.run.max()) + 1):
        mine = np.flatnonzero(reaches.run == run)
        upstream = np.cumsum(weight[mine]) - weight[mine] / 2
        n_cuts = max(1, int(np.ceil(weight[mine].sum() / (0.92 * room))))  # a cut falls between cross-sections only
        piece[mine] = n_pieces + np.minimum((upstream / max(weight[mine].sum(), 1) * n_cuts).astype(int), n_cuts - 1)
        n_pieces += n_cuts
    size = np.bincount(piece, weight, n_pieces)
    of_piece = np.full(n_pieces, -1, dtype=np.intp)
    load: list[float] = []
    for one in np.argsort(-size, kind="stable"):
        fits = [number for number, held in enumerate(load) if held + size[one] <= room]
        if fits:
            of_piece[one] = fits[0]
            load[fits[0]] += size[one]
        else:
            of_piece[one] = len(load)
            load.append(float(size[one]))
    part = of_piece[piece]
    return part[tree.bank], part
