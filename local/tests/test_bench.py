"""The parts of bench/ that need no JVM, and what it has written into the documentation."""

import asyncio
import collections
import contextlib
import json
import logging
import os
import pathlib
import re
import tempfile
import types
import unittest
import zipfile
from typing import Any

from bench import table
from bench.__main__ import Rounds, Unit
from bench.account import Account, Refused, Unknown
from bench.artifacts import Artifact, copier, sdk_bytes, versions
from bench.functions import Function, functions, resolved
from bench.inputs import LEFT_OUT, Case, Inputs
from bench.runs import COLD, RESTORED, Failed, Observer, Result, loaded
from bench.stubs import Request, Response, received, response, served
from samcli.yamlhelper import yaml_parse

ROOT = pathlib.Path(__file__).absolute().parents[2]
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
NAMES = [name for name, one in TEMPLATE["Resources"].items() if one["Type"] == "AWS::Serverless::Function"]


class WhatTheFunctionsAreAsked(unittest.IsolatedAsyncioTestCase):
    def test_every_function_has_an_input_or_a_reason_for_being_left_out(self) -> None:
        self.assertEqual([], [name for name in NAMES if Inputs.has(name) == (name in LEFT_OUT)])

    async def test_inputs_have_the_fields_that_the_workflows_hand_over(self) -> None:
        handed_over = collections.defaultdict(list)
        for machine in ROOT.glob("statemachine/*.json"):
            for state in states(json.loads(machine.read_text())):
                with contextlib.suppress(KeyError):
                    arguments = state["Arguments"]
                    function = re.fullmatch(r"\$\{(\w+)Arn}", arguments["FunctionName"])[1]
                    handed_over[function].append(set(arguments["Payload"]))
        self.assertIn("EnsureRole", handed_over)
        inputs = Inputs({}, anything)
        inputs.limits = lambda *_: {}
        for name in set(handed_over) - set(LEFT_OUT) - {"CleanupUnusedRoles"}:  # measured as operators call it
            with self.subTest(name):
                self.assertIn(set((await inputs.of(name)).input), handed_over[name])


async def anything(*_: object) -> Any:
    return Whatever()


class Whatever(collections.defaultdict):
    """An answer that has every field."""

    def __missing__(self, key: object) -> Any:
        return Whatever()


def states(machine: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(machine["States"].values())
    return found + [inner for state in found if "ItemProcessor" in state for inner in states(state["ItemProcessor"])]


class TheFunctionsOfTheTemplate(unittest.TestCase):
    def test_a_function_has_its_environment_as_it_is_deployed(self) -> None:
        variables = {
            "STACK": {"Ref": "AWS::StackName"},
            "PATH": {"Ref": "RolePath"},
            "BOUNDARY": {"Ref": "Boundary"},
            "LIST": {"Fn::Join": [",", {"Ref": "Arns"}]},
        }
        properties = {"Handler": "spawn.A", "Runtime": "java25", "MemorySize": 512, "Timeout": 30}
        properties |= {"Environment": {"Variables": variables}, "SnapStart": {"ApplyOn": "PublishedVersions"}}
        template = {
            "Parameters": {"RolePath": {"Default": "/spawn/"}, "Arns": {"Default": ""}},
            "Resources": {
                "A": {"Type": "AWS::Lambda::Function", "Properties": properties},
                "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {}},
            },
        }
        arn = "arn:aws:iam::123456789012:policy/spawn-Boundary"
        environment = {"STACK": "spawn", "PATH": "/spawn/", "BOUNDARY": arn, "LIST": ""}
        expected = {"A": Function("A", "spawn.A", "java25", 512, 30, True, environment)}
        self.assertEqual(expected, functions(template))

    def test_a_value_of_an_unknown_form_is_not_guessed(self) -> None:
        with self.assertRaisesRegex(ValueError, "cannot work out"):
            resolved({"Fn::GetAtt": ["A", "Arn"]}, {"Parameters": {}, "Resources": {}})

    def test_the_naive_functions_have_the_versions_of_spawn(self) -> None:
        self.assertEqual({"aws.sdk.version", "jackson.version", "lambda.core.version"}, set(versions()))
        self.assertRegex(copier(), r":maven-dependency-plugin:[\d.]+$")
        self.assertIn(f"<aws.sdk.version>{versions()['aws.sdk.version']}<", (ROOT / "pom.xml").read_text())


class TheSimulatedAccount(unittest.TestCase):
    def test_it_holds_a_role_only_while_it_keeps_what_is_written(self) -> None:
        account, asked = Account(), {"RoleName": "a", "Path": "/spawn/", "AssumeRolePolicyDocument": "{}"}
        account.answer("iam", "CreateRole", asked)
        with self.assertRaises(Refused) as refused:
            account.answer("iam", "GetRole", {"RoleName": "a"})
        self.assertEqual("NoSuchEntity", refused.exception.code)
        account.keeps = True
        account.answer("iam", "CreateRole", asked)
        shown = account.answer("iam", "GetRole", {"RoleName": "a"})["Role"]
        self.assertEqual("arn:aws:iam::123456789012:role/spawn/a", shown["Arn"])

    def test_it_refuses_what_it_does_not_know(self) -> None:
        with self.assertRaises(Unknown):
            Account().answer("iam", "CreateUser", {})

    def test_answers_are_written_as_the_services_do(self) -> None:
        iam = response("iam", "ListRolePolicies", {"PolicyNames": ["a<b", "c"]})
        wanted = "<ListRolePoliciesResult><PolicyNames><member>a&lt;b</member><member>c</member></PolicyNames>"
        self.assertIn(wanted, iam)
        ec2 = response("ec2", "DescribeRegions", {"regionInfo": [{"regionName": "eu-west-1"}]})
        self.assertIn("<regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo>", ec2)


class TheServers(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        # The library of another test shows all lines of information, which would stand among the tests' results.
        log = logging.getLogger("asyncio")
        self.addCleanup(log.setLevel, log.level)
        log.setLevel(logging.WARNING)

    async def answered(self, head: str, body: bytes = b"") -> bytes:
        """Returns what a server that echoes bodies says on a connection to it."""

        async def echo(request: Request) -> Response:
            return Response(200, request.body)

        server = await asyncio.start_server(served(echo, {}), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            writer.write(head.encode() + body)
            writer.write_eof()
            said = await reader.read()
            writer.close()
        return said

    async def test_a_body_may_come_in_chunks(self) -> None:
        head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        said = await self.answered(head, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        self.assertTrue(said.startswith(b"HTTP/1.1 200 ") and said.endswith(b"\r\n\r\nabcde"), said)

    async def test_a_page_in_a_browser_is_refused(self) -> None:
        for header in ("Host: attacker.example", "Host: 127.0.0.1\r\nOrigin: https://attacker.example"):
            said = await self.answered(f"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n{header}\r\n\r\n")
            self.assertTrue(said.startswith(b"HTTP/1.1 403 "), said)

    async def test_headers_are_read_whatever_their_case(self) -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"POST /a HTTP/1.1\r\nCONTENT-LENGTH: 2\r\nX-Amz-Target: A.B\r\n\r\n{}")
        request = await received(reader, None)
        self.assertEqual(("/a", "A.B", b"{}"), (request.path, request.headers["x-amz-target"], request.body))

    async def test_a_call_before_the_snapshot_is_a_failure(self) -> None:
        observer = Observer(b"{}", 1, None)
        observer.pid = os.getpid()
        observer.calls("CreateRole")
        observer.waits_for_restore()
        with self.assertRaisesRegex(Exception, "called AWS before its snapshot: CreateRole"):
            await observer.over


class Repeated(unittest.IsolatedAsyncioTestCase):
    async def test_a_run_in_which_calls_were_repeated_is_run_again(self) -> None:
        rounds = Rounds(FakeBench(1, 2, 1), {"A": Case({})}, {False: Account()}, 0)
        unit = Unit(Artifact("spawn", ROOT, ROOT), Function("A", "spawn.A", "java25", 512, 30, False, {}), COLD)
        self.assertEqual([1, 1], [len((await rounds.run(unit)).calls) for _ in range(2)])

    async def test_a_function_that_calls_more_each_time_is_a_failure(self) -> None:
        rounds = Rounds(FakeBench(1, 2, 3, 4, 5, 6), {"A": Case({})}, {False: Account()}, 0)
        unit = Unit(Artifact("spawn", ROOT, ROOT), Function("A", "spawn.A", "java25", 512, 30, False, {}), COLD)
        await rounds.run(unit)
        with self.assertRaisesRegex(Failed, "A calls AWS more and more often"):
            await rounds.run(unit)


class FakeBench:
    """Runs that make so many calls, one after the other."""

    def __init__(self, *calls: int) -> None:
        self.stubs, self.calls = types.SimpleNamespace(), list(calls)

    async def run(self, artifact: Artifact, function: Function, *_: object, mode: str, **__: object) -> Any:
        calls = ["GetRole"] * self.calls.pop(0)
        return Result(artifact.name, function.name, mode, 1, 1, 0, (0, 0), calls), {}


class LoadedClasses(unittest.TestCase):
    def test_only_classes_of_the_artifact_count(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "classes.log"
            before = "spawn.A source: file:/x/bench/spawn/\n"
            log.write_text(
                before
                + "java.lang.Object source: shared objects file\n"
                + "software.amazon.awssdk.B source: file:/x/bench/spawn/lib/b.jar\n"
                + "other.C source: file:/x/bench/naive/lib/c.jar\n"
            )
            artifact = Artifact("spawn", log, log)
            self.assertEqual(["spawn.A", "software.amazon.awssdk.B"], loaded(log, artifact, 0))
            self.assertEqual(["software.amazon.awssdk.B"], loaded(log, artifact, len(before)))

    def test_the_sizes_are_those_of_the_classes_in_the_jars(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "spawn").mkdir()
            (folder / "spawn" / "A.class").write_bytes(b"12345")
            (folder / "lib").mkdir()
            with zipfile.ZipFile(folder / "lib" / "sdk.jar", "w") as jar:
                jar.writestr("software/amazon/awssdk/B.class", b"123")
                jar.writestr("software/amazon/awssdk/C.class", b"1234567")
            sizes = Artifact("spawn", folder, folder).class_sizes()
        self.assertEqual({"spawn.A": 5, "software.amazon.awssdk.B": 3, "software.amazon.awssdk.C": 7}, sizes)
        self.assertEqual(3, sdk_bytes({"spawn.A", "software.amazon.awssdk.B"}, sizes))


def result(artifact: str, function: str, mode: str, init: float, first: float) -> Result:
    return Result(
        artifact, function, mode, init, first, 0.002, (90 * table.MIB, 95 * table.MIB), ["GetRole"], ["a"] * 30
    )


def figures() -> table.Figures:
    known = {
        name: Function(name, f"spawn.{name}", "java25", 512, 30, name == "EnsureRole", {})
        for name in ("EnsureRole", "CleanupUnusedRoles")
    }
    results = [
        *(result("spawn", name, COLD, 0.5, 0.25) for name in known for _ in range(3)),
        *(result("spawn", name, RESTORED, 0.9, 0.08) for name in known for _ in range(3)),
        *(result("naive", "EnsureRole", COLD, 1.0, taken) for taken in (0.0, 0.5, 0.25)),
    ]
    return table.Figures(
        3,
        "25",
        "2.0",
        known,
        {"EnsureRole": "naive.NaiveEnsureRole"},
        {"Other": "it does not start."},
        {"spawn": 4_900_000, "naive": 36_000_000},
        results,
        results,
        {(one.artifact, one.function, one.mode): 5_040_000 for one in results},
    )


class TheTable(unittest.TestCase):
    def test_ratios_are_of_the_medians_and_of_each_round(self) -> None:
        self.assertEqual(table.Ratio(1.0, 0.5, 0.5, 2.0), table.ratio([1, 2, 2], [2, 4, 1]))

    def test_a_figure_is_judged_as_it_is_shown(self) -> None:
        self.assertEqual("met", table.verdict(0.604, 0.6, 2))
        self.assertEqual("missed by 0.01", table.verdict(0.606, 0.6, 2))
        self.assertEqual(("60", "**61**"), (table.marked(60.4, 60), table.marked(60.6, 60)))

    def test_each_goal_has_its_figure_and_its_verdict(self) -> None:
        lines = table.text(figures()).splitlines()
        for row in (
            "| cold start of EnsureRole, against naive "
            "| 0.60 in pairs (0.50 to 0.75), 0.60 of medians (0.750 s / 1.250 s) | ≤ 0.60 | met |",
            "| first response after a restore, functions of snapshots | 80 ms | ≤ 60 ms | missed by 20 ms |",
            "| first response after a restore, CleanupUnusedRoles | 80 ms | ≤ 100 ms | met |",
            "| classes that this loads | 30 | ≤ 20 | missed by 10 |",
            "| classes of the SDK that EnsureRole parses | 5.0 MB (naive: 5.0) | ≤ 4.1 MB | missed by 0.9 MB |",
            "| artifact | 4,900,000 bytes (naive: 36,000,000) | ≤ 5 MB | met |",
            "Other is not measured: it does not start.",
        ):
            self.assertIn(row, lines)

    def test_a_peer_that_makes_other_calls_is_told(self) -> None:
        changed = figures()
        changed.results[-1].calls.append("TagRole")
        changed.results[-3].calls.append("TagRole")
        self.assertIn("although it makes other calls", table.text(changed))

    def test_only_what_is_between_the_marks_is_replaced(self) -> None:
        page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
        expected = f"before\n{table.BEGIN}\n\nnew\n\n{table.END}\nafter\n"
        self.assertEqual(expected, table.inserted(page, "new"))
        with self.assertRaisesRegex(ValueError, "lacks one of the lines"):
            table.inserted("a page", "new")


class TheDocumentation(unittest.TestCase):
    PAGE = (ROOT / "docs" / "benchmarks.md").read_text()
    WRITTEN = PAGE.partition(table.BEGIN)[2].partition(table.END)[0]

    def test_every_function_of_the_template_is_in_the_table(self) -> None:
        named = re.findall(r"^(?:\| )?(\w+)(?: \|| is not measured:)", self.WRITTEN, re.MULTILINE)
        self.assertEqual([], [name for name in NAMES if name not in named], "Run bench/run.")

    def test_the_tables_have_the_shape_that_bench_run_gives_them(self) -> None:
        rows = self.WRITTEN.splitlines()
        self.assertIn("| figure | measured | goal | |", rows)
        self.assertIn("| " + " | ".join(table.HEAD) + " |", rows)

    def test_it_tells_the_command_the_jdk_and_how_many_runs(self) -> None:
        self.assertIn(f"\n    {table.COMMAND}\n", self.PAGE)
        self.assertRegex(self.WRITTEN, r"JDK \d+[\w.+]*, SDK [\d.]+; the median of \d+ runs? of each")


if __name__ == "__main__":
    unittest.main()
