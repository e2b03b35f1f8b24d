"""Holds podlint to CPython on random programs: what podlint shows as known must be what Python makes.

Every program puts values into labels of pod templates. It runs under this Python in three environments, with a stub of
the SDK, and under `podlint render`. Exit code 1 when a value is wrong, a template is not shown, a program that runs gets an error,
or fewer templates are fully known than asked for.
"""

import argparse
import collections
import pathlib
import sys
import time

import batch
from program import program
from shrink import shrink

ROOT = pathlib.Path(__file__).resolve().parents[3]
BATCH = 500


def arguments():
    parser = argparse.ArgumentParser(
        prog="python3 tests/python/generate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--podlint", default=str(ROOT / "target/debug/podlint"), help="the binary to test")
    parser.add_argument("--count", type=int, default=1000, help="how many programs")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first program; the others follow")
    parser.add_argument("--known", type=float, default=65.0, metavar="PERCENT", help="the least share of fully known templates")
    parser.add_argument("--shrink", type=int, default=3, metavar="N", help="how many failures to shrink and print")
    parser.add_argument("--needless", type=int, default=0, metavar="N", help="print N dynamic values that no environment changes")
    parser.add_argument("--save", type=pathlib.Path, metavar="FOLDER", help="where to write the failing programs")
    parser.add_argument("--print", action="store_true", help="print the program of --seed and end")
    parser.add_argument("--run", type=pathlib.Path, metavar="FILE", nargs="+", help="test these programs instead of random ones")
    return parser.parse_args()


def main():
    options = arguments()
    if options.print:
        return print(program(options.seed), end="")
    podlint = str(pathlib.Path(options.podlint).resolve())
    started, totals, failures, needless = time.monotonic(), collections.Counter(), [], []
    for programs in batches(options):
        for name, one in batch.run(podlint, programs).items():
            totals.update(programs=1, raised=one.raised is not None, templates=one.templates, known=one.known, same=one.same)
            totals.update(failure.kind for failure in one.failures)
            needless += [f"{name}: {text}" for text in one.needless]
            failures += [(name, programs[name], failure) for failure in one.failures[:1]]
    too_little = summary(options, totals, time.monotonic() - started)
    print(*needless[: options.needless], sep="\n", end="\n" if options.needless else "")
    show_failures(podlint, options, failures)
    sys.exit(too_little or bool(failures))


def batches(options):
    if options.run:
        yield {path.name: path.read_text() for path in options.run}
        return
    end = options.seed + options.count
    for first in range(options.seed, end, BATCH):
        yield {f"p{seed}.py": program(seed) for seed in range(first, min(first + BATCH, end))}


def show_failures(podlint, options, failures):
    """Prints the first of each kind made small, then further ones in one line each."""
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for name, text, _ in failures:
            (options.save / name).write_text(text)
    kinds, shown = collections.Counter(), 0
    for name, text, failure in failures:
        kinds[failure.kind] += 1
        if shown < options.shrink:
            shown += 1
            small = shrink(podlint, text, failure.kind)
            left = batch.run(podlint, {name: small})[name].failures
            detail = next((one.detail for one in left if one.kind == failure.kind), failure.detail)
            print(f"\n{name}: {failure.kind}: {detail}\n\n{small}", flush=True)
        elif kinds[failure.kind] <= 20:
            print(f"{name}: {failure.kind}: {failure.detail}")


def summary(options, totals, seconds):
    """Prints the counts; whether too little is known."""
    percent = 100 * totals["known"] / max(totals["templates"], 1)
    print(
        f"{totals['programs']} programs ({totals['raised']} raise) from seed {options.seed} in {seconds:.0f} s: "
        f"{totals['templates']} templates, {percent:.1f} % fully known "
        f"({100 * totals['same'] / max(totals['templates'], 1):.1f} % are the same in all environments); "
        + ", ".join(f"{totals[kind]} {kind}" for kind in ("wrong", "hidden", "false error", "crash")),
        flush=True,
    )
    return percent < options.known and not options.run


if __name__ == "__main__":
    main()
