"""Known trouble of packages, asked of a service on this machine that gives canned answers."""

import contextlib
import http.server
import json
import pathlib
import tempfile
import threading
import unittest
from collections.abc import Iterator
from typing import Any

import advisories
from advisories import Package

LOG4J = Package("Maven", "org.apache.logging.log4j:log4j-core", "2.14.1")
REQUESTS = Package("PyPI", "requests", "2.32.5")


class Answering(http.server.BaseHTTPRequestHandler):
    """Gives each question its turn of the server's answers, and remembers what was asked."""

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]
        status, body = self.server.answers.pop(0)  # type: ignore[attr-defined]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def service(*answers: tuple[int, str]) -> Iterator[tuple[str, list[Any]]]:
    """Serves the answers in turn; gives its address and what it is asked."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    server.answers, server.asked = list(answers), []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/querybatch", server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Lists(unittest.TestCase):
    def test_each_kind_of_list_is_read(self) -> None:
        licences = (
            "\nLists of 2 third-party dependencies.\n"
            "     (Apache-2.0) picocli (info.picocli:picocli:4.7.7 - https://picocli.info)\n"
            "     (Apache-2.0) Jackson datatype: JSR310 (com.fasterxml:jsr310:2.21 - https://github.com/x/y)\n"
        )
        for reader, text, expected in (
            (
                advisories.of_sbom,
                '{"components": [{"group": "org.apache.logging.log4j", "name": "log4j-core", "version": "2.14.1"}]}',
                [LOG4J],
            ),
            (
                advisories.of_third_parties,
                licences,
                [Package("Maven", "info.picocli:picocli", "4.7.7"), Package("Maven", "com.fasterxml:jsr310", "2.21")],
            ),
            (advisories.of_requirements, "# by\nrequests==2.32.5 \\\n    --hash=sha256:00\n", [REQUESTS]),
            (
                advisories.of_lock,
                '{"packages": {"": {"name": "here", "version": "1"}, "node_modules/@a/b": {"version": "1.2.3"},'
                ' "node_modules/c/node_modules/d": {"version": "4.5.6"}}}',
                [Package("npm", "@a/b", "1.2.3"), Package("npm", "d", "4.5.6")],
            ),
            (
                advisories.of_modules,
                "module here\n\ngo 1.25.0\n\nrequire (\n\tgithub.com/a/b v1.2.3 // indirect\n)\n",
                [Package("Go", "github.com/a/b", "1.2.3")],
            ),
        ):
            with self.subTest(reader.__name__):
                self.assertEqual(list(reader(text)), expected)

    def test_what_is_pinned_here_is_asked_about(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            built = pathlib.Path(folder)
            (built / "target").mkdir()
            (built / "cli" / "target").mkdir(parents=True)
            (built / "target" / "spawn-sbom.json").write_text(
                '{"components": [{"group": "g", "name": "zip", "version": "1"}]}'
            )
            third_parties = built / "cli" / "target" / "THIRD-PARTY.txt"
            third_parties.write_text("     (MIT) jar (g:jar:2 - https://example.com)\n")

            asked = advisories.packages(built)

            self.assertEqual({package.ecosystem for package in asked}, {"Maven", "PyPI", "npm", "Go"})
            self.assertEqual([p.name for p in asked if p.ecosystem == "Maven"], ["g:jar", "g:zip"])
            self.assertEqual(len(asked), len(set(asked)))
            third_parties.write_text("nothing")
            with self.assertRaisesRegex(ValueError, "THIRD-PARTY.txt names no package"):
                advisories.packages(built)


class Report(unittest.TestCase):
    def test_a_package_with_known_trouble_is_named_with_its_advisories(self) -> None:
        answer = {"results": [{"vulns": [{"id": "GHSA-jfh8-c2jp-5v3q"}, {"id": "GHSA-7rjr-3q55-vv33"}]}, {}]}
        with service((200, json.dumps(answer))) as (address, asked):
            lines = advisories.report([LOG4J, REQUESTS], address)

        self.assertEqual(
            lines,
            [
                "Advisories: against 1 of 2 packages",
                "  org.apache.logging.log4j:log4j-core 2.14.1 (Maven): "
                "https://osv.dev/GHSA-jfh8-c2jp-5v3q, https://osv.dev/GHSA-7rjr-3q55-vv33",
            ],
        )
        self.assertEqual(
            asked[0]["queries"][1], {"package": {"ecosystem": "PyPI", "name": "requests"}, "version": "2.32.5"}
        )

    def test_many_packages_are_asked_about_in_turns(self) -> None:
        many = [Package("npm", "many", str(number)) for number in range(advisories.AT_ONCE + 1)]
        first, last = {"results": [{}] * advisories.AT_ONCE}, {"results": [{"vulns": [{"id": "GHSA-1"}]}]}
        with service((200, json.dumps(first)), (200, json.dumps(last))) as (address, _):
            lines = advisories.report(many, address)

        self.assertEqual(lines[1:], [f"  many {advisories.AT_ONCE} (npm): https://osv.dev/GHSA-1"])

    def test_a_service_that_does_not_say_fails_nothing(self) -> None:
        for status, body in (
            (503, ""),
            (200, "<html>"),
            (200, "{}"),
            (200, "[]"),
            (200, '{"results": null}'),
            (200, '{"results": []}'),
            (200, '{"results": ["odd"]}'),
            (200, '{"results": [{"vulns": [{}]}]}'),
        ):
            with self.subTest(body or str(status)), service((status, body)) as (address, _):
                lines = advisories.report([LOG4J], address)
                self.assertEqual(len(lines), 1)
                self.assertRegex(lines[0], r"^No advisories: osv.dev did not say what it knows of 1 packages \(.+\)$")

    def test_a_service_that_is_out_of_reach_fails_nothing(self) -> None:
        with service() as (address, _):
            pass
        self.assertRegex(advisories.report([LOG4J], address)[0], r"^No advisories: .*refused")


if __name__ == "__main__":
    unittest.main()
