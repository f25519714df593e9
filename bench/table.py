"""What comes of the measurements: Markdown, with the goals beside the figures."""

import dataclasses
import statistics

from bench.functions import Function
from bench.runs import COLD, RESTORED, Result

BEGIN = "<!-- bench/run writes what follows, up to the end mark; an edit here is lost. -->"
END = "<!-- the end mark of bench/run -->"
COMMAND = "bench/run"

COLD_RATIO = 0.60
RESTORED_MS, RESTORED_MS_OF = 60, {"CleanupUnusedRoles": 100}
NEW_CLASSES = 20
ARTIFACT_MB = 5.0
PARSED_MB = 4.1
MB = 1_000_000
MIB = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Figures:
    """All that was measured.

    sizes are bytes, by artifact; classes are the runs in which loaded classes were recorded; parsed are the bytes of
    the SDK's classes among them, by artifact, function and mode.
    """

    runs: int
    jdk: str
    sdk: str
    functions: dict[str, Function]
    naive: dict[str, str]
    left_out: dict[str, str]
    sizes: dict[str, int]
    results: list[Result]
    classes: list[Result]
    parsed: dict[tuple[str, str, str], int]

    def of(self, artifact: str, function: str, mode: str) -> list[Result]:
        """Returns the runs of one kind, by rounds."""
        return [r for r in self.results if (r.artifact, r.function, r.mode) == (artifact, function, mode)]

    def loaded(self, artifact: str, function: str, mode: str) -> int:
        found = [r for r in self.classes if (r.artifact, r.function, r.mode) == (artifact, function, mode)]
        return len(found[0].classes)

    @property
    def restores(self) -> bool:
        return any(result.mode == RESTORED for result in self.results)


@dataclasses.dataclass(frozen=True)
class Ratio:
    """How two kinds of runs compare: of the medians, and the median, least and most of the pairs of each round."""

    medians: float
    paired: float
    least: float
    most: float


def ratio(ours: list[float], theirs: list[float]) -> Ratio:
    pairs = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    medians = statistics.median(ours) / statistics.median(theirs)
    return Ratio(medians, statistics.median(pairs), min(pairs), max(pairs))


def verdict(value: float, goal: float, digits: int = 0, unit: str = "") -> str:
    """Says whether a figure is at most its goal, by as much as is shown."""
    value = round(value, digits)
    return "met" if value <= goal else f"missed by {value - goal:.{digits}f}{unit}"


def marked(value: float, goal: float, digits: int = 0) -> str:
    """Returns a figure of a table whose heading has the goal: bold where it misses that."""
    shown = f"{value:,.{digits}f}"
    return shown if round(value, digits) <= goal else f"**{shown}**"


def restore_goal(function: str) -> int:
    return RESTORED_MS_OF.get(function, RESTORED_MS)


def text(figures: Figures) -> str:
    """Returns what is written between the marks."""
    artifacts = [name for name in figures.sizes if name != "naive"]
    parts = [said(figures), goals(figures, artifacts)]
    for artifact in artifacts:
        parts.append(by_function(figures, artifact))
    if figures.left_out:
        parts.append("\n".join(f"{name} is not measured: {reason}" for name, reason in figures.left_out.items()))
    return "\n\n".join(parts)


def said(figures: Figures) -> str:
    return (
        f"JDK {figures.jdk}, SDK {figures.sdk}; the median of {figures.runs} run{'s' * (figures.runs > 1)} of each, "
        "shuffled, after one that recorded the classes. Times are CPU."
    )


def goals(figures: Figures, artifacts: list[str]) -> str:
    rows = ["| figure | measured | goal | |", "|---|---|---|---|"]
    for artifact in artifacts:
        whose = "" if artifact == "spawn" else f", {artifact}"
        for name in figures.functions:
            if name not in figures.naive:
                continue
            ours, theirs = (figures.of(kind, name, COLD) for kind in (artifact, "naive"))
            compared = ratio([r.total for r in ours], [r.total for r in theirs])
            medians = " / ".join(f"{statistics.median(r.total for r in runs):.3f} s" for runs in (ours, theirs))
            same = "" if ours[0].calls == theirs[0].calls else ", **although it makes other calls**"
            rows.append(
                f"| cold start of {name}{whose}, against naive | {compared.paired:.2f} in pairs "
                f"({compared.least:.2f} to {compared.most:.2f}), {compared.medians:.2f} of medians ({medians}){same} "
                f"| ≤ {COLD_RATIO:.2f} | {verdict(compared.paired, COLD_RATIO, 2)} |"
            )
        if figures.restores:
            rows += restored(figures, artifact, whose)
        parsed = {
            name: figures.parsed[artifact, name, COLD] / MB for name in figures.functions if name in figures.naive
        }
        beside = {name: figures.parsed["naive", name, COLD] / MB for name in parsed}
        for name, value in parsed.items():
            rows.append(
                f"| classes of the SDK that {name}{whose} parses | {value:.1f} MB (naive: {beside[name]:.1f}) "
                f"| ≤ {PARSED_MB} MB | {verdict(value, PARSED_MB, 1, ' MB')} |"
            )
        size, naive = figures.sizes[artifact], figures.sizes["naive"]
        rows.append(
            f"| artifact{whose} | {size:,} bytes (naive: {naive:,}) | ≤ {ARTIFACT_MB:.0f} MB "
            f"| {verdict(size / MB, ARTIFACT_MB, 1, ' MB')} |"
        )
    return "\n".join(rows)


def restored(figures: Figures, artifact: str, whose: str) -> list[str]:
    """Returns the rows of what starts from a snapshot, the worst of the functions by name."""
    rows = []
    of_snapshot = [name for name, one in figures.functions.items() if one.of_snapshot]
    for names, what in ((of_snapshot, "functions of snapshots"), (list(RESTORED_MS_OF), "CleanupUnusedRoles")):
        taken = {
            name: statistics.median(r.first for r in figures.of(artifact, name, RESTORED)) * 1000
            for name in names
            if figures.of(artifact, name, RESTORED)
        }
        if taken:
            name = max(taken, key=taken.get)
            goal, met = restore_goal(name), sum(round(value) <= restore_goal(one) for one, value in taken.items())
            worst = f"{taken[name]:.0f} ms" + (f" at most ({name}), {met} of {len(taken)} met" * (len(taken) > 1))
            rows.append(
                f"| first response after a restore, {what}{whose} | {worst} | ≤ {goal} ms "
                f"| {verdict(taken[name], goal, 0, ' ms')} |"
            )
            loads = {name: figures.loaded(artifact, name, RESTORED) for name in taken}
            name = max(loads, key=loads.get)
            rows.append(
                f"| classes that this loads | {loads[name]:,}"
                + f" at most ({name})" * (len(loads) > 1)
                + f" | ≤ {NEW_CLASSES} "
                f"| {verdict(loads[name], NEW_CLASSES)} |"
            )
    return rows


HEAD = [
    "function",
    "memory",
    "snapshot",
    "calls",
    "init, s",
    "first call, s",
    "cold start, s",
    f"after a restore, ms (≤ {RESTORED_MS})",
    f"classes then (≤ {NEW_CLASSES})",
    "warm, ms",
    "resident then and warm, MiB",
    f"SDK parsed, MB (≤ {PARSED_MB})",
]


def by_function(figures: Figures, artifact: str) -> str:
    rows = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for name, function in figures.functions.items():
        runs = figures.of(artifact, name, COLD)
        again = figures.of(artifact, name, RESTORED)
        cells = [
            name if artifact == "spawn" else f"{name} ({artifact})",
            f"{function.memory} MB",
            "yes" if function.of_snapshot else "no",
            str(len(runs[0].calls)),
            f"{statistics.median(r.init for r in runs):.3f}",
            f"{statistics.median(r.first for r in runs):.3f}",
            f"{statistics.median(r.total for r in runs):.3f}",
            marked(statistics.median(r.first for r in again) * 1000, restore_goal(name)) if again else "-",
            marked(figures.loaded(artifact, name, RESTORED), NEW_CLASSES) if again else "-",
            f"{statistics.median(r.warm for r in runs) * 1000:.1f}",
            ", ".join(f"{statistics.median(r.resident[i] for r in runs) / MIB:.0f}" for i in (0, 1)),
            marked(figures.parsed[artifact, name, COLD] / MB, PARSED_MB, 1),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def inserted(page: str, content: str) -> str:
    """Returns a page with the content between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page lacks one of the lines {BEGIN} and {END}.")
    return f"{before}{begin}\n\n{content}\n\n{end}{after}"
