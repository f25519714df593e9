"""One measured process, and rounds of them."""

import asyncio
import dataclasses
import json
import pathlib
import re
import statistics
import subprocess
import time
import urllib.parse
from typing import Any

import stack
from bench.artifacts import FOLDER, Artifact, Certificate, Jdk
from bench.functions import REGION, Function
from bench.inputs import Case
from bench.stubs import CREDENTIALS, KEYS, Stubs

# A function of this many seconds at most is measured; AWS's answers take no time here.
PATIENCE = 120
# What Lambda's Java runtimes add to the flags of the function, and the share of its memory that the heap may take.
FLAGS = ["-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"]
HEAP = 0.85
CLIENT = "com.amazonaws.services.lambda.runtime.api.client"
# By this, a function's org.crac finds the context of the runtime client (org.crac.Core).
CRAC = "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"
COLD, RESTORED = "cold", "restored"


class Failed(Exception):
    """A measured function failed."""


@dataclasses.dataclass
class Result:
    """What one process has cost, in CPU seconds of user and system.

    init is what it took until it asked for its first call, or for the restore; first what the first response took, from
    the restore where there was one; warm the median of the later half of all further calls, 0 if there were none.
    resident is the most memory that it held until the first response and until the last, in bytes. calls are AWS's
    operations of the first call, in order; classes those of the artifact that were loaded for the first response, from
    the restore where there was one, if they were recorded.
    """

    artifact: str
    function: str
    mode: str
    init: float
    first: float
    warm: float
    resident: tuple[int, int]
    calls: list[str]
    classes: list[str] = dataclasses.field(default_factory=list)

    @property
    def total(self) -> float:
        return self.init + self.first


def cpu(pid: int) -> float:
    """Returns the CPU seconds that a process has used: its own clock, as clock_getcpuclockid(3) names it on Linux."""
    return time.clock_gettime((~pid << 3) | 2)


def most_resident(pid: int) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


class Observer:
    """What the servers tell about one process; see stubs.Measured."""

    def __init__(self, work: bytes, calls: int, classes: pathlib.Path | None) -> None:
        self.work, self.left, self.file = work, calls, classes
        self.pid = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.began = self.init = self.sent = self.first = 0.0
        self.offset = 0
        self.resident: list[int] = []
        self.warm: list[float] = []
        self.aws: list[str] = []
        self.first_calls: list[str] | None = None
        self.answer = b""

    def asks_for_work(self) -> bytes | None:
        now = cpu(self.pid)
        self.init = self.init or now
        if not self.left:
            self.end()
            return None
        self.left -= 1
        self.sent = self.began or cpu(self.pid)
        self.began = 0.0
        return self.work

    def waits_for_restore(self) -> None:
        self.init = self.began = cpu(self.pid)
        if self.aws:
            self.fails(f"It called AWS before its snapshot: {', '.join(self.aws)}")
        if self.file:
            self.offset = self.file.stat().st_size

    def answers(self, body: bytes) -> None:
        taken = cpu(self.pid) - self.sent
        if self.first_calls is None:
            self.first, self.first_calls, self.answer = taken, list(self.aws), body
            self.resident = [most_resident(self.pid)]
        else:
            self.warm.append(taken)
            if not self.left:
                self.resident.append(most_resident(self.pid))

    def fails(self, what: str) -> None:
        if not self.over.done():
            self.over.set_exception(Failed(what))

    def calls(self, action: str) -> None:
        self.aws.append(action)

    def end(self) -> None:
        if not self.over.done():
            self.over.set_result(None)


class Bench:
    """Runs functions of artifacts, one process at a time."""

    def __init__(self, stubs: Stubs, certificate: Certificate, jdk: Jdk) -> None:
        self.stubs, self.certificate, self.jdk = stubs, certificate, jdk
        self.empty = FOLDER / "home"
        self.empty.mkdir(parents=True, exist_ok=True)

    def command(self, artifact: Artifact, function: Function, handler: str, mode: str) -> list[object]:
        trusted = [f"-Djavax.net.ssl.trustStore={self.certificate.trusted}"]
        trusted += ["-Djavax.net.ssl.trustStorePassword=changeit"]
        heap = [f"-XX:MaxRAM={function.memory}m", f"-XX:MaxHeapSize={int(function.memory * HEAP)}m"]
        java = [self.jdk.home / "bin" / "java", *FLAGS, *heap, *trusted]
        if stack.runtime() == "loop":
            return [*java, "-cp", f"{artifact.folder}:{artifact.folder}/lib/*:{stack.RIC}/loop", "RuntimeLoop", handler]
        native = f"-D{CLIENT}.runtimeapi.NativeClient.JNI={stack.RIC / stack.NATIVE_PART}"
        crac = [CRAC] if mode == RESTORED else []
        return [*java, native, *crac, "-cp", f"{stack.RIC}/*", f"{CLIENT}.AWSLambda", handler]

    def environment(self, artifact: Artifact, function: Function, handler: str, mode: str) -> dict[str, str]:
        lambda_ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.empty),
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(artifact.folder),
            "_HANDLER": handler,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.stubs.port(self.stubs.runtime)}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if mode == RESTORED else "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": f"spawn-{function.name}",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{self.stubs.port(self.stubs.aws)}",
        }
        # A function of a snapshot is told where to ask for its credentials, another one has them in its environment
        # (https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html).
        place = f"http://127.0.0.1:{self.stubs.port(self.stubs.runtime)}{CREDENTIALS}"
        asks = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": place, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "bench"}
        return {**function.environment, **lambda_, **(asks if mode == RESTORED else KEYS)}

    async def run(
        self,
        artifact: Artifact,
        function: Function,
        case: Case,
        *,
        handler: str = "",
        mode: str = COLD,
        warm: int = 0,
        classes: bool = False,
    ) -> tuple[Result, dict[str, Any]]:
        """Returns what one process has cost, and its first answer."""
        handler = handler or function.handler
        log, listed = FOLDER / "process.log", FOLDER / "classes.log"
        listed.unlink(missing_ok=True)
        command = self.command(artifact, function, handler, mode)
        if classes:
            command.insert(1, f"-Xlog:class+load=info:file={listed}:none:filecount=0")
        observer = Observer(json.dumps(case.input).encode(), 1 + warm, listed if classes else None)
        self.stubs.measured = observer
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=artifact.folder,
                env=self.environment(artifact, function, handler, mode),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
            observer.pid = process.pid
            try:
                await self.ended(process, observer)
            except Failed as failed:
                said = log.read_text(errors="replace")[-2000:]
                raise Failed(f"{artifact.name}'s {function.name}, {mode}: {failed}\n{said}") from None
            finally:
                process.kill()
                process.wait()
        names = loaded(listed, artifact, observer.offset) if classes else []
        half = observer.warm[len(observer.warm) // 2 :]
        result = Result(
            artifact.name,
            function.name,
            mode,
            observer.init,
            observer.first,
            statistics.median(half) if half else 0,
            (observer.resident[0], observer.resident[-1]),
            observer.first_calls or [],
            names,
        )
        return result, json.loads(observer.answer)

    async def ended(self, process: subprocess.Popen, observer: Observer) -> None:
        deadline = time.monotonic() + PATIENCE
        while not observer.over.done():
            await asyncio.wait([observer.over], timeout=0.5)
            if process.poll() is not None:
                observer.fails(f"The process ended with exit code {process.returncode}.")
            elif time.monotonic() > deadline:
                observer.fails(f"No answer in {PATIENCE} s.")
        await observer.over


def loaded(file: pathlib.Path, artifact: Artifact, offset: int) -> list[str]:
    """Returns the artifact's classes that a JVM's log says it has loaded, from an offset on."""
    place = urllib.parse.quote(f"/{FOLDER.name}/{artifact.name}/")
    lines = file.read_bytes()[offset:].decode("utf-8", "replace").splitlines()
    pairs = (line.partition(" source: ") for line in lines)
    return [name.strip() for name, _, source in pairs if place in source]
