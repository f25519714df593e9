"""compare.py FILE: holds the local stack's evaluator of policies (local/simulator.py) against the verdicts of the
simulated IAM (PolicySimulatorTest), statement by statement. Prints one line if all agree; else what differs, and
fails."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from simulator import Simulator

LEAST = 10_000


def told(group: dict, request: dict) -> tuple[dict, dict]:
    """Returns what the simulated IAM says of a request, and what the local stack says."""
    simulator = Simulator(group["policies"], group.get("boundary"))
    verdict = simulator.decide(request["action"], request["resource"], request["context"])
    here = {
        "decision": verdict.decision,
        "matched": [
            {"source": one.source, "start": one.start._asdict(), "end": one.end._asdict()} for one in verdict.matched
        ],
        "missing": sorted(simulator.missing(request["context"]), key=str.lower),
        "withinBoundary": verdict.within_boundary,
    }
    return {name: request.get(name) for name in here}, here


def main(file: str) -> None:
    agreed, complaints = 0, []
    for group in json.loads(Path(file).read_text(encoding="utf-8"))["simulated"]:
        for request in group["requests"]:
            there, here = told(group, request)
            if here == there:
                agreed += 1
            else:
                complaints.append(
                    f"simulated IAM: {there}\nlocal stack: {here}\n{json.dumps({**group, 'requests': [request]})}"
                )
    if agreed < LEAST:
        complaints.append(f"only {agreed} verdicts to compare")
    if complaints:
        sys.exit("\n".join(complaints))
    print(f"{agreed} verdicts of the simulated IAM and the local stack agree")


if __name__ == "__main__":
    main(sys.argv[1])
