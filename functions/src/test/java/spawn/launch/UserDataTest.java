package spawn.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserDataTest {
  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#!/bin/sh\necho hi",
        "#cloud-config\npackages: [git]",
        "#include\nhttps://example.com/x",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed",
        "Content-Type: multipart/mixed; boundary=x",
        "<powershell>Get-Date</powershell>"
      })
  void whatIsBase64OfUserDataAlreadyStaysAsItIs(String script) {
    assertThat(UserData.encoded(base64(script))).isEqualTo(base64(script));
    assertThat(UserData.encoded(script)).isEqualTo(base64(script));
  }

  @Test
  void gzipInBase64StaysAsItIs() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("#!/bin/sh".getBytes(UTF_8));
    }
    String encoded = Base64.getEncoder().encodeToString(bytes.toByteArray());

    assertThat(UserData.encoded(encoded)).isEqualTo(encoded);
    assertThat(UserData.rawBytes(encoded)).isEqualTo(bytes.size());
  }

  @Test
  void aWordThatIsBase64ByChanceIsEncoded() {
    assertThat(UserData.encoded("abcd")).isEqualTo(base64("abcd"));
  }

  @Test
  void theLimitCountsBytesBeforeEncodingWhicheverWayTheyAreGiven() {
    String script = "#!/bin/sh\n" + "é".repeat(100);

    assertThat(UserData.rawBytes(script)).isEqualTo(210);
    assertThat(UserData.rawBytes(base64(script))).isEqualTo(210);
  }
}
