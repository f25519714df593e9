package spawn.local;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A page in a browser of this machine: the local servers, which run code, do not hear of it. */
@OnLocalStack
class HostilePageIT {
  /** What a page cannot leave out, or what it gains by having its own name resolve to 127.0.0.1. */
  private static final List<String> OF_PAGES =
      List.of(
          "Host: 127.0.0.1\r\nOrigin: https://evil.example",
          "Host: 127.0.0.1\r\nOrigin: null",
          "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site",
          "Host: rebind.evil.example");

  private static final List<String> REQUESTS =
      List.of(
          "GET /",
          "GET /_edges",
          "POST /_edges",
          "DELETE /_edges",
          "OPTIONS /",
          "POST /",
          "POST /2015-03-31/functions",
          "POST /2015-03-31/functions/x/invocations",
          "PUT /a-bucket",
          "GET /?Action=ListRoles&Version=2010-05-08");

  private final LocalStack stack;

  HostilePageIT(LocalStack stack) {
    this.stack = stack;
  }

  static Stream<Arguments> requestsOfPages() {
    return REQUESTS.stream()
        .flatMap(request -> OF_PAGES.stream().map(headers -> Arguments.of(request, headers)));
  }

  @ParameterizedTest
  @MethodSource("requestsOfPages")
  void aPagesRequestIsRefused(String request, String headers) throws IOException {
    assertThat(status(stack.port(), request, headers)).as("ministack").isEqualTo("403");
    assertThat(status(stack.port() + 1, request, headers)).as("moto").isEqualTo("403");
  }

  @Test
  void aToolsRequestIsServed() throws IOException {
    String ownName = "Host: 127.0.0.1:";

    assertThat(status(stack.port(), "GET /_ministack/ready", ownName + stack.port()))
        .isEqualTo("200");
    assertThat(status(stack.port() + 1, "GET /_edges", ownName + (stack.port() + 1)))
        .isEqualTo("200");
  }

  /** Written by hand: HTTP clients do not let their callers choose the host. */
  private static String status(int port, String request, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "%s HTTP/1.1\r\n%s\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(request, headers)
                  .getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      return answer.split(" ", 3)[1];
    }
  }
}
