package spawn.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import spawn.policy.Warning;

class UserDataTest {
  /** What AWS's documentation and public reports have as user data, for very different readers. */
  static Stream<String> texts() {
    return Stream.of(
        "#!/bin/sh\necho hi",
        "#!/usr/bin/env python3\nprint('hi')\n",
        "#!/bin/bash\r\necho hi\r\n",
        "\uFEFF#!/bin/bash\necho hi\n",
        "#cloud-config\npackages: [git]\nwrite_files:\n- path: /tmp/é\n",
        "## template: jinja\n#cloud-config\nhostname: {{ v1.instance_id }}\n",
        "#include\nhttps://example.com/x",
        "#cloud-boothook\necho early\n",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--b--\n",
        "Content-Type: multipart/mixed; boundary=x\nMIME-Version: 1.0\n\n--x--\n",
        "---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    name: c\n",
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n",
        "[settings.kubernetes]\ncluster-name = \"c\"\napi-server = \"https://x\"\n",
        "version: v1alpha1\nmachine:\n  type: worker\n",
        "{\"ignition\":{\"version\":\"3.4.0\"}}",
        "variant: flatcar\nversion: 1.0.0\npasswd:\n  users: []\n",
        "version: 1.0\ntasks:\n- task: executeScript\n",
        "tasks:\n- task: enableOpenSsh\nversion: 1.1\n",
        "<powershell>Get-Date</powershell>",
        "<persist>true</persist>\n<powershell>Get-Date</powershell>\n",
        "<script>\r\necho hi\r\n</script>\r\n",
        "ECS_CLUSTER=prod\nECS_BACKEND_HOST=\n",
        "type=dhcp-client\nhostname=fw1\n",
        "<license-config><key>a</key></license-config>",
        "[global]\nkey = value\n",
        "{ config, pkgs, ... }:\n{ imports = [ <nixpkgs> ]; }\n",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@example\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "hello world",
        "echo hi\n");
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String base64(String text) {
    return base64(text.getBytes(UTF_8));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  static Stream<byte[]> files() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    ByteArrayOutputStream zlib = new ByteArrayOutputStream();
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip);
        OutputStream deflated = new DeflaterOutputStream(zlib);
        ZipOutputStream zipped = new ZipOutputStream(zip)) {
      out.write("#!/bin/sh\necho hi\n".getBytes(UTF_8));
      deflated.write("#!/bin/sh\necho hi; echo and more of it\n".getBytes(UTF_8));
      zipped.putNextEntry(new ZipEntry("a"));
    }
    byte[] tar = new byte[512];
    System.arraycopy("setup.sh".getBytes(UTF_8), 0, tar, 0, 8);
    System.arraycopy("ustar".getBytes(UTF_8), 0, tar, 257, 5);
    String script = "<powershell>Get-Date</powershell>";
    return Stream.of(
        gzip.toByteArray(),
        zlib.toByteArray(),
        zip.toByteArray(),
        tar,
        joined("BZh91AY&SY".getBytes(UTF_8), random(30)),
        joined(bytes(0xfd, '7', 'z', 'X', 'Z', 0), random(30)),
        joined(bytes(0x28, 0xb5, 0x2f, 0xfd), random(20)),
        joined(bytes(0x7f, 'E', 'L', 'F', 2, 1, 1), new byte[200]),
        joined(bytes(0xff, 0xfe), script.getBytes(UTF_16LE)),
        script.getBytes(UTF_16LE),
        "#!/bin/sh\necho \"Größe und Länge\"\n".getBytes(ISO_8859_1),
        new byte[40],
        joined(bytes(1, 0, 0, 0, 7), new byte[20], bytes(9)),
        random(24),
        random(100),
        random(1000),
        random(16_384));
  }

  static Stream<byte[]> allKinds() throws IOException {
    return Stream.concat(texts().map(text -> text.getBytes(UTF_8)), files());
  }

  @ParameterizedTest
  @MethodSource("allKinds")
  void base64StaysAsItIsWhateverIsInIt(byte[] content) {
    String given = base64(content);

    assertThat(UserData.of(given).base64()).isEqualTo(given);
    assertThat(UserData.of(given).rawBytes()).isEqualTo(content.length);
    assertThat(codes(given)).doesNotContain("USER_DATA_ENCODED");
  }

  /** The user guide's own command for Linux, {@code base64 script.txt}, breaks lines. */
  @ParameterizedTest
  @MethodSource("allKinds")
  void base64InLinesStaysAsItIsToo(byte[] content) {
    for (String end : List.of("\n", "\r\n")) {
      for (int width : List.of(20, 64, 76)) {
        String given =
            Base64.getMimeEncoder(width, end.getBytes(UTF_8)).encodeToString(content) + end;

        assertThat(UserData.of(given).base64()).isEqualTo(given.strip());
        assertThat(UserData.of(given).rawBytes()).isEqualTo(content.length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void textIsEncoded(String text) {
    assertThat(UserData.of(text).base64()).isEqualTo(base64(text));
    assertThat(UserData.of(text).rawBytes()).isEqualTo(text.getBytes(UTF_8).length);
    assertThat(codes(text)).doesNotContain("USER_DATA_ENCODED");
  }

  private static List<String> codes(String given) {
    return UserData.of(given).warnings("$.instance.UserData").stream().map(Warning::code).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test",
        "date",
        "poweroff",
        "hello123",
        "KEY=",
        "ClusterNameProductionEuWestOne12",
        "helloworldhelloworldhelloworldhelloworld",
        "0123456789abcdef0123456789abcdef",
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e"
            + "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e"
      })
  void aWordThatIsBase64ByChanceIsEncodedAndThatIsSaid(String word) {
    assertThat(UserData.of(word).base64()).isEqualTo(base64(word));
    assertThat(codes(word)).contains("USER_DATA_ENCODED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"test", "hi there", "echo hi"})
  void evenAWordStaysIfItIsEncoded(String word) {
    assertThat(UserData.of(base64(word)).base64()).isEqualTo(base64(word));
  }

  @Test
  void base64InAFormThatEc2DoesNotTakeIsEncodedAndThatIsSaid() {
    String script = "#!/bin/bash\necho '>>>???'\n";
    String unpadded = Base64.getEncoder().withoutPadding().encodeToString(script.getBytes(UTF_8));
    String ofUrls = Base64.getUrlEncoder().encodeToString((script + "???").getBytes(UTF_8));

    assertThat(unpadded).isNotEqualTo(base64(script));
    assertThat(ofUrls).containsAnyOf("-", "_");
    for (String given : List.of(unpadded, ofUrls)) {
      assertThat(UserData.of(given).base64()).isEqualTo(base64(given));
      assertThat(codes(given)).contains("USER_DATA_ENCODED");
    }
  }

  @Test
  void randomBytesInBase64AreHardlyEverTakenForText() {
    Random random = new Random(7);
    int taken = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] content = new byte[24 + random.nextInt(200)];
      random.nextBytes(content);
      taken += UserData.of(base64(content)).base64().equals(base64(content)) ? 0 : 1;
    }

    assertThat(taken).isLessThan(20);
  }

  /** As they are given plainly: commands, names, numbers, without what only text has. */
  @Test
  void hardlyAnyPairOfCommonWordsIsTakenForBase64() {
    List<String> words =
        Arrays.asList(
            ("alpha build cache check clean click clone close cloud daemon data deploy echo fail file fetch find"
                    + " flock blink elastic emit fill fix bin bind client cluster config install job key launch"
                    + " list load log main make master name node once open path port queue reboot region"
                    + " restart run script server service setup start stop sync test token train update upgrade"
                    + " user value verify wait worker write zone EC2 AWS ECS EKS JOB KEY PROD TEST DEV MODE")
                .split(" "));
    List<String> taken = new ArrayList<>();
    int canonical = 0;
    for (String one : words) {
      for (String other : words) {
        for (String text : List.of(one + other, one + "1" + other, other + one + "42")) {
          canonical += Base64Text.decoded(text).isPresent() ? 1 : 0;
          if (!UserData.of(text).base64().equals(base64(text))) {
            taken.add(text);
          }
        }
      }
    }

    assertThat(canonical).isGreaterThan(4_000);
    assertThat(taken).hasSizeLessThan(5);
  }

  @Test
  void nothingIsEncodedAsNothing() {
    assertThat(UserData.of("").base64()).isEmpty();
    assertThat(codes("")).isEmpty();
    assertThat(codes(" \n")).isEmpty();
  }

  @Test
  void theLimitCountsBytesBeforeEncodingWhicheverWayTheyAreGiven() {
    String script = "#!/bin/sh\n" + "é".repeat(100);

    assertThat(UserData.of(script).rawBytes()).isEqualTo(210);
    assertThat(UserData.of(base64(script)).rawBytes()).isEqualTo(210);
  }

  @Test
  void theWarningsQuoteNothing() {
    for (String given : List.of("secret12", "export TOKEN=canary\n", base64("canary, again"))) {
      assertThat(UserData.of(given).warnings("$").toString())
          .doesNotContain("secret12", "canary", given);
    }
  }
}
