"""What is measured: a zip as it is deployed, unpacked as Lambda does, with what is known of its classes."""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

import stack

NAIVE = stack.ROOT / "bench" / "naive"
FOLDER = stack.SHARED / "bench"
SDK = ("software.amazon.awssdk.", "software.amazon.eventstream.")


@dataclasses.dataclass(frozen=True)
class Artifact:
    """A zip and the folder that it is unpacked in."""

    name: str
    file: pathlib.Path
    folder: pathlib.Path

    @property
    def size(self) -> int:
        return self.file.stat().st_size

    def class_sizes(self) -> dict[str, int]:
        """Returns the bytes of each class, by its name; of two of a name, the one that is found first."""
        sizes: dict[str, int] = {}
        for path in sorted(self.folder.rglob("*.class")):
            sizes[class_name(path.relative_to(self.folder).as_posix())] = path.stat().st_size
        for jar in sorted((self.folder / "lib").glob("*.jar")):
            with zipfile.ZipFile(jar) as archive:
                for entry in archive.infolist():
                    if entry.filename.endswith(".class"):
                        sizes.setdefault(class_name(entry.filename), entry.file_size)
        return sizes


def class_name(path: str) -> str:
    return path.removesuffix(".class").replace("/", ".")


def sdk_bytes(loaded: set[str], sizes: dict[str, int]) -> int:
    """Returns how many bytes of the SDK's classes were parsed."""
    return sum(size for name, size in sizes.items() if name in loaded and name.startswith(SDK))


def unpacked(name: str, file: pathlib.Path) -> Artifact:
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return Artifact(name, file, folder)


def spawn() -> Artifact:
    """Builds target/spawn.zip if the sources are newer."""
    stack.build()
    return unpacked("spawn", stack.ZIP)


def versions() -> dict[str, str]:
    """Returns the versions that the naive functions share with spawn, from the poms."""
    root, functions = ((stack.ROOT / path).read_text() for path in ("pom.xml", "functions/pom.xml"))
    found = {name: re.search(rf"<{name}>([^<]+)</{name}>", root)[1] for name in ("aws.sdk.version", "jackson.version")}
    core = r"<artifactId>aws-lambda-java-core</artifactId>\s*<version>([^<]+)<"
    return found | {"lambda.core.version": re.search(core, functions + root)[1]}


def copier() -> str:
    """Returns the plugin that copies libraries, at the version that fetches the runtime interface client."""
    pom = (stack.LOCAL / "ric" / "pom.xml").read_text()
    version = re.search(r"<artifactId>maven-dependency-plugin</artifactId>\s*<version>([^<]+)<", pom)[1]
    return f"org.apache.maven.plugins:maven-dependency-plugin:{version}"


def naive() -> Artifact:
    """Builds the naive functions with the versions of libraries that spawn has."""
    built, file = FOLDER / "naive-build", FOLDER / "naive.zip"
    sources = sorted(NAIVE.rglob("*.java"))
    wanted = "\n".join(
        [*map(str, versions().items()), *(path.read_text() for path in [NAIVE / "libraries.xml", *sources])]
    )
    mark = built / "made-of"
    if not (file.exists() and mark.exists() and mark.read_text() == wanted):
        with stack.step("Building the naive functions (Maven, javac)"):
            shutil.rmtree(built, ignore_errors=True)
            given = [f"-D{name}={value}" for name, value in versions().items()]
            goal = [f"{copier()}:copy-dependencies", f"-DoutputDirectory={built / 'lib'}"]
            pom = NAIVE / "libraries.xml"
            log = stack.SHARED / "logs" / "naive.log"
            stack.run(log, *stack.maven(), "-f", pom, *goal, *given, cwd=stack.ROOT, env=stack.with_jdk())
            options = ["--release", "17", "-Xlint:all,-processing", "-Werror", "-cp", built / "lib" / "*", "-d", built]
            stack.run(log, stack.java_home() / "bin" / "javac", *options, *sources)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(path for path in built.rglob("*") if path.is_file()):
                    archive.write(path, path.relative_to(built))
            mark.write_text(wanted)
    return unpacked("naive", file)


@dataclasses.dataclass(frozen=True)
class Jdk:
    home: pathlib.Path
    version: str


def jdk(runtime: str) -> Jdk:
    """Returns a JDK of the version that a runtime such as java25 has; where there is none, the one that builds."""
    wanted = runtime.removeprefix("java")
    named = [pathlib.Path(home) for name, home in sorted(os.environ.items()) if name.startswith("JAVA_HOME_")]
    homes = [*named, *sorted(pathlib.Path("/usr/lib/jvm").glob("*")), stack.java_home()]
    found = [Jdk(home, version_of(home)) for home in homes if (home / "bin" / "java").exists()]
    return next((one for one in found if one.version.split(".")[0] == wanted), found[-1])


def version_of(home: pathlib.Path) -> str:
    said = subprocess.run([home / "bin" / "java", "-version"], check=True, capture_output=True, text=True).stderr
    return re.search(r'version "([^"]+)"', said)[1]


@dataclasses.dataclass(frozen=True)
class Certificate:
    file: pathlib.Path
    key: pathlib.Path
    trusted: pathlib.Path


def certificate(home: pathlib.Path) -> Certificate:
    """Makes a certificate of 127.0.0.1 for a few days, and what a JVM trusts by itself with it: as much to read."""
    folder = FOLDER / "certificate"
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "certificate.pem", folder / "key.pem", folder / "trusted")
    log = stack.SHARED / "logs" / "certificate.log"
    if not shutil.which("openssl"):
        stack.stop("openssl is needed, to make a certificate of the simulated AWS; it is not on the PATH.")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "3"]
    files = ["-keyout", made.key, "-out", made.file]
    stack.run(log, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files)
    shutil.copyfile(home / "lib" / "security" / "cacerts", made.trusted)
    made.trusted.chmod(0o600)
    options = ["-noprompt", "-alias", "bench", "-storepass", "changeit", "-keystore", made.trusted, "-file", made.file]
    stack.run(log, home / "bin" / "keytool", "-importcert", *options)
    return made
