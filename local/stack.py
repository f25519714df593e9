"""What local/stack does. Standard library only: it runs before the virtual environment exists.

Whoever has the stack up waits for it before each command, so what is only needed to change something is imported there.
"""

import contextlib
import fcntl
import filecmp
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, NoReturn

ROOT = pathlib.Path(__file__).absolute().parent.parent
LOCAL, SHARED = ROOT / "local", ROOT / ".local"
VENV, RIC = SHARED / "venv", SHARED / "ric"
PYTHON = VENV / "bin" / "python"
PROC = pathlib.Path("/proc")  # not on macOS
NATIVE_PART = "libaws-lambda-jni.so"  # the name that local/bootstrap gives
STATE = pathlib.Path(os.environ["SPAWN_LOCAL_STATE"]).absolute()
PORT = int(os.environ["SPAWN_LOCAL_PORT"])
ZIP = ROOT / "target" / "spawn.zip"
SERVERS = {"ministack": PORT, "moto": PORT + 1}
STACK, REGION = os.environ["SPAWN_LOCAL_STACK"], os.environ["SPAWN_LOCAL_REGION"]
BUCKET = f"spawn-artifacts-{REGION}"
BESIDE_OTHERS = bool(os.environ.get("SPAWN_LOCAL_BESIDE_OTHERS"))  # others write lines to the same place meanwhile
# What is known of the deployed stack: the files deployed, and outputs.json.
DEPLOYMENT = pathlib.Path(os.environ["SPAWN_LOCAL_DEPLOYMENT"]).absolute()


def stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


@contextlib.contextmanager
def step(label: str) -> Iterator[None]:
    """Shows one line: what is being done, and in the end how long it took; all of it in the end beside other output."""
    begin, line = time.monotonic(), f"  {label:<58}"
    if not BESIDE_OTHERS:
        print(line, end="", flush=True)
        line = ""
    try:
        yield
    except BaseException:
        print(f"{line}failed", flush=True)
        raise
    print(f"{line}{time.monotonic() - begin:5.1f} s", flush=True)


def run(log: pathlib.Path, *command: object, **options: Any) -> None:
    """Runs a command quietly; if it fails, shows the end of its log and ends."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        line = [str(part) for part in command]
        code = subprocess.run(line, check=False, stdout=out, stderr=subprocess.STDOUT, **options).returncode
    if code:
        raise Failed(f"{end_of(log)}\nIt ended with exit code {code}; its full output is in {log}")


def end_of(log: pathlib.Path) -> str:
    with log.open() as lines:
        return "".join(lines.readlines()[-15:])


class Failed(Exception):
    pass


def tool(module: str) -> list[str]:
    """Returns the command that runs a tool of the virtual environment.

    Not venv/bin/<tool>: the first line of such a script names its interpreter, where a path must be short and may hold
    no space.
    """
    return [str(PYTHON), "-P", "-m", module]


# --- Once a machine ---------------------------------------------------------------------------------------------------


def check_folder(folder: pathlib.Path) -> None:
    """Refuses a folder with a character in its path that a tool does not take; every other character works."""
    for letter in str(folder):
        if letter == ":":
            reason = "Java's class path and Python's virtual environments cannot hold"
        elif letter == "$":
            reason = "the AWS CLI takes for the beginning of a variable"
        elif ord(letter) > 0xFFFF:
            reason = "Java cannot load classes from"
        else:
            continue
        stop(f"The path {folder} has the character {letter} in it, which {reason}: use a folder without it.")


def check_tools(build: bool) -> None:
    for folder in (ROOT, STATE):
        check_folder(folder)
    if sys.platform not in ("linux", "darwin"):
        stop("The local stack runs on Linux and macOS: on Windows, run it in WSL.")
    java = java_home() / "bin" / "javac"
    version = version_of_the_jdk()
    if not version or version < 17:
        found = f"is of version {version}" if version else "is not one"
        stop(f"A JDK of version 17 or newer is needed; {java} {found}. Install one, or point JAVA_HOME at it.")
    if (build or not RIC.exists()) and not shutil.which("mvn"):
        stop("Maven is needed to build; no mvn is on the PATH.")


def version_of_the_jdk() -> int | None:
    """Returns the first number of the JDK's version: as its file `release` has it, or as its compiler says it.

    To read a file takes no time; the compiler is a JVM to start.
    """
    home = java_home()
    try:
        release = (home / "release").read_text()
    except (OSError, UnicodeDecodeError):
        release = ""
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    if not found:
        said = subprocess.run([home / "bin" / "javac", "-version"], check=False, capture_output=True, text=True)
        found = re.search(r"javac (?:1\.)?(\d+)", said.stdout + said.stderr)
    return int(found[1]) if found else None


def java_home() -> pathlib.Path:
    if os.environ.get("JAVA_HOME"):
        home = pathlib.Path(os.environ["JAVA_HOME"])
        if not (home / "bin" / "javac").exists():
            stop(f"A JDK of version 17 or newer is needed; JAVA_HOME is {home}, and there is no javac in it.")
        return home
    javac = shutil.which("javac")
    if not javac:
        stop("A JDK of version 17 or newer is needed; JAVA_HOME is not set and no javac is on the PATH.")
    return pathlib.Path(javac).resolve().parent.parent


def set_up() -> None:
    wanted, have = LOCAL / "requirements.txt", VENV / "requirements.txt"
    if not same(wanted, have) or not PYTHON.exists():  # it is a link, and what it leads to may have been removed
        with step("Installing the servers and AWS's tools (pip)"):
            shutil.rmtree(VENV, ignore_errors=True)
            run(SHARED / "logs" / "venv.log", sys.executable, "-m", "venv", VENV)
            # The list is complete, so pip need not solve it again. Nothing is built: what a build fetches has no hash.
            # Nothing is compiled: a quarter of it is ever imported, and Python compiles that when it is.
            options = ["--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
            options += ["--no-compile"]
            run(SHARED / "logs" / "pip.log", *tool("pip"), "install", *options, "-r", wanted)
            shutil.copy(wanted, have)
    wanted, have = LOCAL / "ric" / "pom.xml", RIC / "pom.xml"
    if not same(wanted, have):
        with step("Fetching AWS's runtime interface client (Maven)"):
            shutil.rmtree(RIC, ignore_errors=True)
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={RIC}"]
            run(SHARED / "logs" / "ric.log", *maven(), "-f", wanted, *goal, cwd=ROOT, env=with_jdk())
            unpack_native_part()
            shutil.copy(wanted, have)
    if runtime() == "loop":
        compile_loop()


def unpack_native_part() -> None:
    """The client would unpack it to one fixed path in /tmp; JVMs that start side by side crash on each other's copy."""
    machine = {"arm64": "aarch_64", "aarch64": "aarch_64"}.get(platform.machine(), platform.machine())
    libc = "linux" if platform.libc_ver()[0] == "glibc" else "linux_musl"
    name = f"jni/libaws-lambda-jni.{libc}-{machine}.so"
    import zipfile

    jar = next(RIC.glob("aws-lambda-java-runtime-interface-client-*.jar"))
    with zipfile.ZipFile(jar) as archive:
        if sys.platform == "linux" and name in archive.namelist():
            (RIC / NATIVE_PART).write_bytes(archive.read(name))


def runtime() -> str:
    """Returns what runs a function here: AWS's client, or where that has no native part the loop of local/runtime."""
    chosen = os.environ.get("SPAWN_LOCAL_RUNTIME") or ("client" if (RIC / NATIVE_PART).exists() else "loop")
    if chosen not in ("client", "loop"):
        stop(f"SPAWN_LOCAL_RUNTIME is client or loop, not {chosen}.")
    if chosen == "client" and not (RIC / NATIVE_PART).exists():
        stop("AWS's runtime interface client has no native part for this machine: leave SPAWN_LOCAL_RUNTIME out.")
    return chosen


def compile_loop() -> None:
    source, compiled = LOCAL / "runtime" / "RuntimeLoop.java", RIC / "loop" / "RuntimeLoop.class"
    if compiled.exists() and compiled.stat().st_mtime > source.stat().st_mtime:
        return
    with step("Compiling the loop that runs functions (javac)"):
        interfaces = next(RIC.glob("aws-lambda-java-core-*.jar"))
        options = ["--release", "17", "-Xlint:all", "-Werror", "-cp", interfaces, "-d", compiled.parent]
        run(SHARED / "logs" / "loop.log", java_home() / "bin" / "javac", *options, source)


def maven() -> list[str]:
    return ["mvn", "-B", "-ntp"]


def with_jdk() -> dict[str, str]:
    """Returns the environment for Maven, which then runs on the JDK that check_tools has checked.

    Its run is short: the quick compiler alone takes half the CPU of both.
    """
    return {"MAVEN_OPTS": "-XX:TieredStopAtLevel=1", **os.environ, "JAVA_HOME": str(java_home())}


def same(one: pathlib.Path, other: pathlib.Path) -> bool:
    return other.exists() and filecmp.cmp(one, other, shallow=False)


# What a launch needs, and the bytes that the whole build gives: what only checks the sources is left to that.
QUICKLY = ["-Pfast", "-Dmaven.test.skip=true", "-Dspotless.check.skip=true"]
QUICKLY += ["-Dlicense.skipAddThirdParty=true", "-Dcyclonedx.skip=true"]


def build() -> None:
    sources = ["artifact/src/main", "functions/src/main", "functions/src/artifact"]
    if ZIP.exists() and ZIP.stat().st_mtime > newest(*(ROOT / source for source in sources)):
        return
    with step("Building the functions (mvn package)"):
        goal = ["package", "-pl", "functions", "-am", *QUICKLY]
        run(SHARED / "logs" / "package.log", *maven(), *goal, cwd=ROOT, env=with_jdk())
        # Else the whole build would take these classes for its own, and Error Prone never see their sources.
        for module in [ROOT, ROOT / "artifact"]:
            shutil.rmtree(module / "target" / "maven-status", ignore_errors=True)


def newest(*folders: pathlib.Path) -> float:
    """Returns when a source of the functions last changed: a file, or a folder in which one was removed."""
    poms = [ROOT / "pom.xml", ROOT / "artifact" / "pom.xml", ROOT / "functions" / "pom.xml"]
    walks = (each for folder in folders for each in os.walk(folder))
    inside = [os.path.join(at, name) for at, _, names in walks for name in [".", *names]]  # noqa: PTH118
    return max(os.stat(path).st_mtime for path in [*poms, *inside])  # noqa: PTH116


# --- The servers ------------------------------------------------------------------------------------------------------


def pid_of(name: str) -> int | None:
    """Returns the running server's process id, or None. A number that another program got meanwhile does not count."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid = int((STATE / f"{name}.pid").read_text())
        if any(str(SERVER_COMMANDS[name][1]) in argument for argument in command_of(pid)):
            return pid
    return None


def command_of(pid: int) -> list[str]:
    """Returns a process's arguments, none if it has ended; as one text where the system has no /proc.

    There by ps, which shows some letters as question marks.
    """
    if not PROC.exists():
        line = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], check=False, capture_output=True, text=True)
        return line.stdout.splitlines()
    try:
        return os.fsdecode((PROC / str(pid) / "cmdline").read_bytes()).split("\0")[:-1]
    except OSError:
        return []


def has_ended(pid: int) -> bool:
    if not PROC.exists():
        said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True)
        state = said.stdout.strip()
    else:
        try:
            state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
    return state.startswith("Z") or not state  # Z: it has, and its parent has not asked how


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in pairs if its_parent == parent]
    return found[1:]


SERVER_COMMANDS = {
    "ministack": [PYTHON, LOCAL / "ministack_server.py"],
    "moto": [PYTHON, LOCAL / "moto_server.py", PORT + 1, os.environ["AWS_ENDPOINT_URL"]],
}


def settings() -> dict[str, str]:
    """The caller's SPAWN_* variables, but for those that say where the stack is."""
    return {k: v for k, v in sorted(os.environ.items()) if k.startswith("SPAWN_") and not k.startswith("SPAWN_LOCAL_")}


def server_environment() -> dict[str, str]:
    temporary = STATE / "tmp"  # ministack unpacks the functions here
    temporary.mkdir(parents=True, exist_ok=True)
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "NO_PROXY", "no_proxy")
    return {
        **{name: value for name, value in os.environ.items() if name in kept or name.startswith("AWS_")},
        **settings(),
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "GATEWAY_PORT": str(PORT),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": "000000000000",
        "MINISTACK_REGION": "us-east-1",
        # Listeners of services that nothing here uses.
        "IOT_MTLS_ENABLED": "0",
        "IOT_MQTT_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Every concurrent invocation is a JVM of some 90 MB, of each function; above this many ministack throttles, as
        # Lambda does, and the workflow tries again.
        "LAMBDA_ACCOUNT_CONCURRENCY": os.environ.get("SPAWN_LOCAL_CONCURRENCY", "8"),
        "LAMBDA_EXECUTOR": "local",
        "SFN_WAIT_SCALE": os.environ.get("SPAWN_LOCAL_WAIT_SCALE", "1"),
        "SPAWN_LOCAL_PACE": os.environ.get("SPAWN_LOCAL_PACE", "0.2"),
        "SPAWN_LOCAL_JAVA": str(java_home() / "bin" / "java"),
        "SPAWN_LOCAL_RIC": str(RIC),
        "SPAWN_LOCAL_RUNTIME": runtime(),
        "MOTO_ACCOUNT_ID": "000000000000",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    }


def start_servers() -> None:
    for name, port in SERVERS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                stop(
                    f"Port {port}, which {name} needs, is taken by another program: end that, or set SPAWN_LOCAL_PORT."
                )
    with step(f"Starting ministack and moto on 127.0.0.1:{PORT} and :{PORT + 1}"):
        started = {}
        for name, command in SERVER_COMMANDS.items():
            with (STATE / f"{name}.log").open("w") as log:
                streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
                line = [str(part) for part in command]
                started[name] = subprocess.Popen(
                    line, env=server_environment(), cwd=STATE, start_new_session=True, **streams
                )
            (STATE / f"{name}.pid").write_text(str(started[name].pid))
        await_answer(started["ministack"], "ministack", f"http://127.0.0.1:{PORT}/_ministack/ready")
        await_answer(started["moto"], "moto", f"http://127.0.0.1:{PORT + 1}/_edges")


def await_answer(process: subprocess.Popen, name: str, url: str) -> None:
    import urllib.request

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    log = STATE / f"{name}.log"
    raise Failed(f"{end_of(log)}\n{name} did not start; its full output is in {log}")


def end_servers() -> None:
    """Ends the servers of this stack, and the JVMs that ministack started, by their process ids."""
    pids = [pid for pid in map(pid_of, SERVERS) if pid]
    pids += [child for pid in list(pids) for child in children_of(pid)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + 5
        while pids and time.monotonic() < deadline:
            pids = [pid for pid in pids if not has_ended(pid)]
            time.sleep(0.05)
        if not pids:
            return


# --- The deployment ---------------------------------------------------------------------------------------------------


def parameters() -> list[str]:
    return os.environ.get("SPAWN_LOCAL_PARAMETERS", "").split()


def fingerprint() -> str:
    digest = hashlib.sha256(" ".join(parameters()).encode())
    machines = sorted((ROOT / "statemachine").glob("*"))
    for path in [ZIP, ROOT / "template.yaml", *machines, LOCAL / "bootstrap", LOCAL / "template.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def deploy() -> None:
    mark = fingerprint()
    deployed = DEPLOYMENT / "deployed"
    if deployed.exists() and deployed.read_text() == mark:
        return
    import urllib.request
    import zipfile

    from servers import call

    DEPLOYMENT.mkdir(parents=True, exist_ok=True)
    with step(f"Deploying the stack {STACK} in {REGION} (sam deploy)"):
        deployed.unlink(missing_ok=True)
        bundle, template = DEPLOYMENT / "bundle.zip", DEPLOYMENT / "template.json"
        shutil.copy(ZIP, bundle)
        with zipfile.ZipFile(bundle, "a") as archive:
            entry = zipfile.ZipInfo("bootstrap")  # ZipInfo's fixed date: the same sources, the same bundle
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, (LOCAL / "bootstrap").read_bytes())
        with template.open("w") as out:
            subprocess.run([PYTHON, LOCAL / "template.py", ROOT / "template.yaml", bundle], stdout=out, check=True)
        # Functions take their code from a bucket of their own region only.
        where = f"<LocationConstraint>{REGION}</LocationConstraint>"
        wanted = f"<CreateBucketConfiguration>{where}</CreateBucketConfiguration>".encode()
        body = None if REGION == "us-east-1" else wanted
        bucket = urllib.request.Request(f"http://127.0.0.1:{PORT}/{BUCKET}", body, method="PUT")
        urllib.request.urlopen(bucket, timeout=30).close()
        options = ["--no-confirm-changeset", "--no-progressbar", "--no-fail-on-empty-changeset"]
        options += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        if parameters():
            options += ["--parameter-overrides", *parameters()]
        sam("deploy", "--template-file", template, *options)
        outputs = stack_outputs()
        (DEPLOYMENT / "outputs.json").write_text(json.dumps(outputs, indent=2))
        wait = os.environ.get("SPAWN_LOCAL_SWEEP_WAIT")
        if wait:
            queue = {"QueueUrl": outputs["TerminationQueueUrl"]}
            answer = call("sqs", "AmazonSQS.GetQueueAttributes", **queue, AttributeNames=["RedrivePolicy"])
            # Ten receives make a dead letter: the template's hundred would outlast the tests.
            redrive = json.loads(answer["Attributes"]["RedrivePolicy"]) | {"maxReceiveCount": 10}
            attributes = {"VisibilityTimeout": wait, "RedrivePolicy": json.dumps(redrive)}
            call("sqs", "AmazonSQS.SetQueueAttributes", **queue, Attributes=attributes)
        deployed.write_text(mark)


def delete() -> None:
    """Deletes the stack as its owner would. The servers stay up, and with them what the launches made."""
    with step(f"Deleting the stack {STACK} in {REGION} (sam delete)"):
        sam("delete", "--no-prompts")
    shutil.rmtree(DEPLOYMENT, ignore_errors=True)


def sam(command: str, *options: object) -> None:
    stack = ["--stack-name", STACK, "--s3-bucket", BUCKET, "--region", REGION]
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else it is compiled each time
    run(STATE / f"{command}.log", *tool("samcli"), command, *stack, *options, cwd=STATE, env=environment)


def stack_outputs() -> dict[str, str]:
    from servers import describe_stack

    return describe_stack(STACK)


# --- The commands -----------------------------------------------------------------------------------------------------


def up(build_first: bool = True, deploy_too: bool = True) -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    SHARED.mkdir(exist_ok=True)
    with (SHARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second `up` waits for the first, then finds its work done
        check_tools(build_first)
        set_up()
        if build_first:
            build()
        elif deploy_too and not ZIP.exists():
            stop("There is no target/spawn.zip: build it with mvn package, or leave --no-build out.")
        running, started_with = all(map(pid_of, SERVERS)), STATE / "settings.json"
        if running and json.loads(started_with.read_text()) != settings():
            stop(f"The stack is up with other SPAWN_ settings ({started_with}): local/stack down ends it.")
        try:
            if not running:
                down()
                started_with.write_text(json.dumps(settings()))
                start_servers()
            if deploy_too:
                deploy()
        except BaseException:
            if not running:
                end_servers()
            raise


def down() -> None:
    end_servers()
    for name in ("ministack.pid", "moto.pid", "settings.json"):
        (STATE / name).unlink(missing_ok=True)
    for name in ("tmp", "stacks"):
        shutil.rmtree(STATE / name, ignore_errors=True)


def status() -> None:
    pids = {name: pid_of(name) for name in SERVERS}
    for name, port in SERVERS.items():
        state = f"up, process {pids[name]}" if pids[name] else "down"
        print(f"{name:<10} {state:<24} http://127.0.0.1:{port}   log {STATE / name}.log")
    outputs = DEPLOYMENT / "outputs.json"
    if all(pids.values()) and outputs.exists():
        print(outputs.read_text())
    else:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["up"]:
            up()
        case ["up", "--no-build"]:
            up(build_first=False)
        case ["servers"]:
            up(build_first=False, deploy_too=False)
        case ["tools"]:
            check_tools(build=False)
            set_up()
        case ["delete"]:
            delete()
        case ["down"]:
            down()
        case ["status"]:
            status()
        case ["test"]:
            check_tools(build=False)
            set_up()
            sys.stdout.flush()
            where = ["--start-directory", LOCAL / "tests", "--top-level-directory", LOCAL]
            beside = {**os.environ, "PYTHONPATH": f"{ROOT / 'aws'}:{ROOT}"}  # ROOT for bench
            os.execve(PYTHON, [*tool("unittest"), "discover", "--verbose", *where], beside)
        case ["moto", port]:
            check_tools(build=False)
            set_up()
            sys.stdout.flush()
            command = [str(part) for part in SERVER_COMMANDS["moto"][:2]] + [port]
            os.execve(command[0], command, server_environment())
        case _:
            stop("Usage: local/stack up [--no-build] | delete | down | servers | status | tools | test | moto PORT")


if __name__ == "__main__":
    # A shell lets what it starts beside itself ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main(sys.argv[1:])
    except (Failed, subprocess.CalledProcessError, OSError, json.JSONDecodeError) as failure:
        print(f"\n{failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
