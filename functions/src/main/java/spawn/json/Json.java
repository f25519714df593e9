package spawn.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Reads and writes JSON.
 *
 * <p>Values are trees of Jackson's nodes. {@link #of} makes one of a record, a list, a map or a
 * plain value, and {@link #to} a record of one.
 */
public final class Json {
  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final JsonFactory LENIENT = new JsonFactory();

  private Json() {}

  /**
   * Reads one value. A member that comes twice is refused, and so is anything after the value: a
   * misspelt or repeated {@code dryRun} must not be taken for none.
   */
  public static JsonNode read(String text) throws JsonProcessingException {
    return parsed(STRICT, text, Trees::only);
  }

  /** Reads one value as strictly from a stream, which is left open. */
  public static JsonNode read(InputStream stream) throws IOException {
    try (JsonParser parser =
        STRICT.createParser(stream).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
      return Trees.only(parser);
    }
  }

  /**
   * Reads the first value of a text as AWS and most others do: the last of two equal members
   * counts, and what follows the value is not looked at. A text without any value is a missing
   * node.
   */
  public static JsonNode readLeniently(String text) throws JsonProcessingException {
    return parsed(LENIENT, text, Trees::first);
  }

  private interface Parsing {
    JsonNode value(JsonParser parser) throws IOException;
  }

  private static JsonNode parsed(JsonFactory factory, String text, Parsing parsing)
      throws JsonProcessingException {
    try (JsonParser parser = factory.createParser(text)) {
      return parsing.value(parser);
    } catch (JsonProcessingException malformed) {
      throw malformed;
    } catch (IOException ofNoText) {
      throw new UncheckedIOException(ofNoText);
    }
  }

  /**
   * Reads a file beside a class.
   *
   * @throws IllegalStateException if it is not there or is no JSON: the build is broken
   */
  public static JsonNode resource(Class<?> beside, String file) {
    try (InputStream data = beside.getResourceAsStream(file)) {
      if (data == null) {
        throw new IllegalStateException("There is no " + file + " beside " + beside);
      }
      return read(data);
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
  }

  /** Returns the JSON of a value, as {@link #of} makes it. */
  public static String text(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = LENIENT.createGenerator(text)) {
      Trees.write(of(value), generator);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** Returns the JSON of a value in UTF-8. */
  public static byte[] bytes(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(value, bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Writes the JSON of a value in UTF-8 to a stream, which is left open. */
  public static void write(Object value, OutputStream out) throws IOException {
    try (JsonGenerator generator =
        LENIENT.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
      Trees.write(of(value), generator);
    }
  }

  /**
   * Returns a value as a tree.
   *
   * @param value a record, whose members are written in their order, {@code null} included; what is
   *     {@link AsJson}; a map, whose keys are texts or enum constants; a collection; an enum
   *     constant, as its name; a text, number, truth value or instant; a tree; or {@code null}
   */
  public static JsonNode of(Object value) {
    return Forms.write(value);
  }

  /**
   * Returns a record as a tree with all of its members, whatever form it has of its own, but for
   * some where they are {@code null}.
   */
  public static ObjectNode members(Record value, String... leftOutIfNull) {
    ObjectNode members = Forms.members(value);
    for (String name : leftOutIfNull) {
      if (members.path(name).isNull()) {
        members.remove(name);
      }
    }
    return members;
  }

  /**
   * Reads a record, or whatever else {@link #of} takes, of a tree. What is left out is {@code
   * null}, or zero or false.
   *
   * @throws Unreadable if a member is unknown, has another type, or is not what the record takes
   */
  public static <T> T to(JsonNode node, Class<T> type) throws Unreadable {
    return type.cast(new FormReader(FormReader.Members.KNOWN).read(node, type));
  }

  /**
   * Reads a record of data that is built in.
   *
   * @throws IllegalStateException if it is not what the record is read from: the build is broken
   */
  public static <T> T data(JsonNode node, Class<T> type) {
    try {
      return to(node, type);
    } catch (Unreadable brokenBuild) {
      throw new IllegalStateException(brokenBuild);
    }
  }

  /** Reads a record like {@link #to}, but passes over members that it does not have. */
  public static <T> T toLeniently(JsonNode node, Class<T> type) throws Unreadable {
    return type.cast(new FormReader(FormReader.Members.ANY).read(node, type));
  }

  /** Reads a record like {@link #to}, but refuses one of which anything is left out. */
  public static <T> T toWhole(JsonNode node, Class<T> type) throws Unreadable {
    return type.cast(new FormReader(FormReader.Members.ALL).read(node, type));
  }
}
