package spawn.lambda;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/**
 * A server inside this process, on loopback, for what a stage cannot show: how credentials are
 * fetched, and how the real HTTP client sends. It answers everything with made-up credentials. A
 * connection is kept for a second request, as AWS's are, and is closed with that one's answer.
 */
final class Loopback implements AutoCloseable {
  private static final String LENGTH = "Content-Length:";
  private static final int PATIENCE = 2_000;

  private static final String ANSWER =
      """
      {"AccessKeyId": "rehearsal", "SecretAccessKey": "rehearsal", "Token": "rehearsal",
      "Expiration": "2099-01-01T00:00:00Z"}""";

  private final ServerSocket socket;

  Loopback() throws IOException {
    socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    Thread server = new Thread(this::serve, "spawn-rehearsal");
    server.setDaemon(true);
    server.start();
  }

  /** Returns what the server is reached at. */
  String url() {
    return "http://127.0.0.1:%d/".formatted(socket.getLocalPort());
  }

  private void serve() {
    try {
      while (true) {
        try (Socket connection = socket.accept()) {
          connection.setSoTimeout(PATIENCE);
          InputStream requests = connection.getInputStream();
          for (String kept : List.of("keep-alive", "close")) {
            readRequest(requests);
            connection.getOutputStream().write(answer(kept));
          }
        }
      }
    } catch (IOException closed) {
      // The rehearsal is over.
    }
  }

  private static void readRequest(InputStream requests) throws IOException {
    int length = 0;
    for (String header = line(requests); !header.isEmpty(); header = line(requests)) {
      if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(header.substring(LENGTH.length()).strip());
      }
    }
    requests.readNBytes(length);
  }

  private static String line(InputStream requests) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = requests.read(); next != '\n'; next = requests.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static byte[] answer(String connection) {
    return """
        HTTP/1.1 200 OK\r
        Content-Type: application/json\r
        Content-Length: %d\r
        Connection: %s\r
        \r
        %s"""
        .formatted(ANSWER.length(), connection, ANSWER)
        .getBytes(US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
