package spawn.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.policy.Severity;
import spawn.policy.Warning;

class UserDataFormatTest {
  private static final String PATH = "$.instance.UserData";

  private static Optional<Warning> warning(String text) {
    Optional<Warning> given = notRun(text);
    String encoded = Base64.getEncoder().encodeToString(text.getBytes(UTF_8));

    assertThat(notRun(encoded)).as("the same in base64").isEqualTo(given);
    return given;
  }

  private static Optional<Warning> notRun(String given) {
    return UserData.of(given).warnings(PATH).stream()
        .filter(each -> each.code().equals("USER_DATA_NOT_RUN"))
        .findFirst();
  }

  static Stream<String> run() {
    return UserDataTest.texts()
        .filter(
            text ->
                !text.startsWith("\uFEFF")
                    && !text.startsWith("ssh-")
                    && !text.startsWith("-----")
                    && !text.startsWith("hello")
                    && !text.startsWith("echo"));
  }

  @ParameterizedTest
  @MethodSource("run")
  void whatSomethingOnTheInstanceReadsIsNotWarnedOf(String text) {
    assertThat(warning(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n#cloud-config\nruncmd: []\n",
        "#CLOUD-CONFIG\nruncmd: []\n",
        "#cloud-config-archive\n- content: x\n",
        "<POWERSHELL>Get-Date</POWERSHELL>",
        "#ps1_sysnative\nGet-Date\n",
        "# a comment\n[settings]\nmotd = \"hi\"\n",
        "'quoted': yes\n",
        "a.b.c: 1\n",
        "[{\"a\": 1}]",
        "[\n  1\n]",
        "%YAML 1.2\n---\na: b\n",
        "; ini\nname =value\n",
        "A=1\nB=\"two words\"\nC='x'\n"
      })
  void spellingsOfTheSameAreNotWarnedOf(String text) {
    assertThat(warning(text)).isEmpty();
  }

  static Stream<Arguments> notRun() {
    return Stream.of(
        Arguments.of("yum install -y git\n", "#!/bin/bash"),
        Arguments.of("echo hi\n", "#!/bin/bash"),
        Arguments.of("apt-get update && apt-get install -y git", "#!/bin/bash"),
        Arguments.of("REGION=us-east-1\naws s3 ls --region $REGION\n", "#!/bin/bash"),
        Arguments.of("AWS_REGION=us-east-1 aws s3 ls\n", "#!/bin/bash"),
        Arguments.of("export TOKEN=abc\n", "#!/bin/bash"),
        Arguments.of("if [ -f /x ]; then echo; fi\n", "#!/bin/bash"),
        Arguments.of("[ -f /x ] || exit\n", "#!/bin/bash"),
        Arguments.of("# only a comment\necho hi\n", "#!/bin/bash"),
        Arguments.of("# first a comment\n#!/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of("\n#!/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of(" #!/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of("# !/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of("!#/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of("#/bin/bash\necho hi\n", "#!/bin/bash"),
        Arguments.of("hello world", "#!/bin/bash"),
        Arguments.of("https://example.com/script.sh\n", "#!/bin/bash"),
        Arguments.of("packages:\n- git\n", "#cloud-config"),
        Arguments.of("hostname: a\nruncmd:\n- reboot\n", "#cloud-config"),
        Arguments.of("# cloud-config\nhostname: a\n", "#cloud-config"),
        Arguments.of("#cloud_config\r\nhostname: a\r\n", "#cloud-config"),
        Arguments.of("cloud-config:\nhostname: a\n", "#cloud-config"),
        Arguments.of("Get-Date\n", "<powershell>"),
        Arguments.of("$x = 1\r\nWrite-Host $x\r\n", "<powershell>"),
        Arguments.of("Set-ExecutionPolicy Unrestricted\n", "<powershell>"),
        Arguments.of("@echo off\r\necho hi\r\n", "<script>"),
        Arguments.of("Content-Type: multipart/mixed; boundary=x\n\n--x--\n", "MIME-Version: 1.0"),
        Arguments.of("<powershell>\nGet-Date\n", "</powershell>"));
  }

  @ParameterizedTest
  @MethodSource
  void notRun(String text, String missing) {
    assertThat(warning(text))
        .hasValueSatisfying(
            warning -> {
              assertThat(warning.severity()).isEqualTo(Severity.MEDIUM);
              assertThat(warning.path()).isEqualTo(PATH);
              assertThat(warning.message() + warning.advice()).contains(missing);
            });
  }

  @Test
  void aByteOrderMarkBeforeTheFirstLineIsSaid() {
    assertThat(warning("\uFEFF#!/bin/bash\necho hi\n").orElseThrow().message())
        .contains("byte order mark");
    assertThat(warning("\uFEFF{\"ignition\": {}}")).isEmpty();
  }

  @Test
  void whatIsEncodedTwiceIsSaid() {
    String once = Base64.getEncoder().encodeToString("#!/bin/bash\necho hi\n".getBytes(UTF_8));
    String twice = Base64.getEncoder().encodeToString(once.getBytes(UTF_8));

    assertThat(notRun(twice).orElseThrow().message()).contains("twice");
    assertThat(notRun(once)).isEmpty();
  }

  @Test
  void whatIsInGzipIsLookedAtAsCloudInitDoes() throws IOException {
    assertThat(notRun(gzip("#!/bin/bash\n" + "echo é\n".repeat(2_000)))).isEmpty();
    assertThat(notRun(gzip("echo é\n".repeat(2_000))).orElseThrow().message())
        .contains("#!/bin/bash");
  }

  private static String gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  @Test
  void otherFilesAreForReadersThatOnlyTheCallerKnows() throws IOException {
    assertThat(
            UserDataTest.files()
                .filter(Base64Text.Content::isKnownFile)
                .map(Base64.getEncoder()::encodeToString)
                .flatMap(given -> notRun(given).stream()))
        .isEmpty();
  }

  @Test
  void bytesThatNothingIsKnownOfAreSaidAtLowSeverity() {
    byte[] bytes = new byte[300];
    new Random(1).nextBytes(bytes);

    assertThat(notRun(Base64.getEncoder().encodeToString(bytes)).orElseThrow().severity())
        .isEqualTo(Severity.LOW);
  }

  @Test
  void textOfAnotherEncodingIsSaid() {
    byte[] latin = "#!/bin/sh\necho \"Größe\"; echo done\n".getBytes(ISO_8859_1);

    assertThat(notRun(Base64.getEncoder().encodeToString(latin)).orElseThrow().message())
        .contains("UTF-8");
  }

  @Test
  void aLongTextTakesNoTime() {
    for (String line : List.of("a", "a ", "A=", "[", "-", "a: ", "x=1\n", "\n", "$a", "get-")) {
      assertThat(UserData.of(line.repeat(260_000 / line.length())).warnings(PATH)).isNotNull();
    }
  }
}
