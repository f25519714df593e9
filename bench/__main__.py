"""The command: bench/run."""

import argparse
import asyncio
import dataclasses
import fcntl
import json
import pathlib
import random
import sys
import time
from typing import Any

import expanded
import stack
from bench import artifacts, table
from bench.account import Account
from bench.functions import REGION, Function, functions
from bench.inputs import LEFT_OUT, Case, Inputs
from bench.runs import COLD, RESTORED, Bench, Failed, Result
from bench.stubs import Stubs

# The functions that have a naive peer, which makes the same calls.
NAIVE = {name: f"naive.Naive{name}" for name in ("EnsureRole", "WaitForPropagation", "RunInstance")}
SMOKE = ["EnsureRole"]
TRIES = 5


@dataclasses.dataclass(frozen=True)
class Unit:
    """What is run once in each round."""

    artifact: artifacts.Artifact
    function: Function
    mode: str
    handler: str = ""


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench/run", description="Measures the functions and prints what they cost.")
    parser.add_argument("--runs", type=int, default=9, help="how often each is run, 9 if not said")
    parser.add_argument("--warm", type=int, default=40, help="how many further calls a process gets, 40 if not said")
    parser.add_argument("--functions", metavar="NAME,NAME", help="only these")
    parser.add_argument("--beside", metavar="ZIP", type=pathlib.Path, help="measures this artifact too")
    parser.add_argument("--smoke", action="store_true", help="one run of one function: does the benchmark still work?")
    parser.add_argument("--print", action="store_true", help="leaves docs/benchmarks.md as it is")
    given = parser.parse_args(arguments)
    if given.smoke:
        given.runs, given.warm, given.functions = 1, 2, ",".join(SMOKE)
    return given


def modes(function: Function) -> list[str]:
    """Returns how a function is started; without a snapshot it is restored only if there is a goal for that."""
    restored = function.of_snapshot or function.name in table.RESTORED_MS_OF
    return [COLD, RESTORED] if restored and stack.runtime() == "client" else [COLD]


async def cases(
    bench: Bench, artifact: artifacts.Artifact, template: dict[str, Any], names: list[str]
) -> dict[str, Case]:
    """Returns what each function is asked. What others have to answer first is kept in the account."""
    known, answers = functions(template), {}
    account = bench.stubs.account

    async def ask(name: str, asked: dict[str, Any]) -> dict[str, Any]:
        key = name, json.dumps(asked, sort_keys=True)
        if key not in answers:
            account.keeps = True
            _, answers[key] = await bench.run(artifact, known[name], Case(asked))
            account.keeps = False
        return answers[key]

    inputs = Inputs(template, ask)
    found = {name: await inputs.of(name) for name in names}
    (artifacts.FOLDER / "inputs.json").write_text(
        json.dumps({name: one.input for name, one in found.items()}, indent=1)
    )
    return found


async def measured(given: argparse.Namespace) -> None:
    """Measures what is asked for, prints the tables, and writes them if they are whole."""
    template = expanded.expanded(stack.ROOT / "template.yaml", REGION, {})
    known = {name: one for name, one in functions(template).items() if name not in LEFT_OUT}
    names = given.functions.split(",") if given.functions else list(known)
    if unknown := set(names) - set(known):
        stack.stop(f"There is no function {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    jdk = artifacts.jdk(known[names[0]].runtime)
    spawn, naive = artifacts.spawn(), artifacts.naive()
    ours = [spawn, *([artifacts.unpacked("beside", given.beside)] if given.beside else [])]
    units = {
        name: [
            *(Unit(artifact, known[name], mode) for artifact in ours for mode in modes(known[name])),
            *([Unit(naive, known[name], COLD, NAIVE[name])] if name in NAIVE else []),
        ]
        for name in names
    }
    certificate = artifacts.certificate(jdk.home)
    launched = Account()
    async with Stubs(launched, certificate.file, certificate.key) as stubs:
        bench = Bench(stubs, certificate, jdk)
        rounds = Rounds(
            bench, await cases(bench, spawn, template, names), {True: Account(), False: launched}, given.warm
        )
        with stack.step("Which classes are loaded"):
            classes = [await rounds.run(unit, classes=True) for name in names for unit in units[name]]
        results = []
        for number in range(given.runs):
            with stack.step(f"Round {number + 1} of {given.runs}"):
                results += await rounds.round(number, units)
    (artifacts.FOLDER / "results.json").write_text(json.dumps([dataclasses.asdict(one) for one in results], indent=1))
    sizes = {artifact.name: artifact.class_sizes() for artifact in (*ours, naive)}
    figures = table.Figures(
        runs=given.runs,
        jdk=jdk.version,
        sdk=artifacts.versions()["aws.sdk.version"],
        functions={name: known[name] for name in names},
        naive=NAIVE,
        left_out=LEFT_OUT,
        sizes={artifact.name: artifact.size for artifact in (*ours, naive)},
        results=results,
        classes=classes,
        parsed={
            (one.artifact, one.function, one.mode): artifacts.sdk_bytes(set(one.classes), sizes[one.artifact])
            for one in classes
        },
    )
    text = table.text(figures)
    print(text)
    if not (given.functions or given.print or given.beside):
        page = stack.ROOT / "docs" / "benchmarks.md"
        page.write_text(table.inserted(page.read_text(), text))


class Rounds:
    """Runs units; accounts are the new one and the other, by whether a case wants a new one."""

    def __init__(self, bench: Bench, asked: dict[str, Case], accounts: dict[bool, Account], warm: int) -> None:
        self.bench, self.asked, self.accounts, self.warm = bench, asked, accounts, warm
        self.calls: dict[tuple[str, str, str], list[str]] = {}

    async def run(self, unit: Unit, *, warm: int = 0, classes: bool = False) -> Result:
        """Runs a unit; again if it called AWS more often than before, as where a busy machine lets calls time out."""
        case = self.asked[unit.function.name]
        self.bench.stubs.account = self.accounts[case.new_account]
        options = {"handler": unit.handler, "mode": unit.mode, "warm": warm, "classes": classes}
        for _ in range(TRIES):
            result, _ = await self.bench.run(unit.artifact, unit.function, case, **options)
            before = self.calls.setdefault((result.artifact, result.function, result.mode), result.calls)
            if len(result.calls) <= len(before):
                return result
        raise Failed(f"{unit.function.name} calls AWS more and more often: {', '.join(result.calls)}")

    async def round(self, number: int, units: dict[str, list[Unit]]) -> list[Result]:
        """Runs everything once, in an order of its own. What is compared runs one right after the other."""
        order, results = random.Random(number), []
        for name in order.sample(list(units), len(units)):
            for unit in order.sample(units[name], len(units[name])):
                results.append(await self.run(unit, warm=self.warm if unit.mode == COLD else 0))
        return results


def main() -> int:
    if sys.platform != "linux":
        stack.stop("bench/run reads the clocks of processes as Linux shows them: run it there.")
    begin, given = time.monotonic(), options(sys.argv[1:])
    artifacts.FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with (artifacts.FOLDER / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second one waits: they would unpack into the same folders
            asyncio.run(measured(given))
    except (Failed, stack.Failed) as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1
    print(f"\n{time.monotonic() - begin:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
