package spawn.promises;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the documents that spawn comes from promise: {@code docs/promises.yaml}, whose head
 * describes its form.
 *
 * @param documents the titles of the documents, by their short names
 * @param documentFiles the files that the documents show, by their names
 * @param sections the promises, by what they are
 */
public record Promises(
    Map<String, String> documents, Map<String, String> documentFiles, List<Section> sections) {
  static final Path FILE = Path.of("docs", "promises.yaml");

  /**
   * Promises of one kind.
   *
   * @param kind the word that is counted
   * @param title the heading of the page
   * @param code whether the words are code
   */
  public record Section(String kind, String title, boolean code, List<Promise> promises) {}

  /**
   * A line of the list. What only command lines and templates have is in {@code
   * docs/promises.yaml}.
   *
   * @param from the short name of its document
   * @param words what the document says
   * @param here what does it here
   * @param why what is done otherwise, and why; or null
   * @param test what proves it, {@code Class} or {@code Class#method}
   * @param open whether no test proves it yet
   * @param run the line to run in place of the words, or null
   * @param differs why it differs, or null
   * @param before lines that are run first, or null
   * @param after the ids of lines that must have been run, or null
   * @param files the names of documentFiles, or texts, by the names under which they must lie, or
   *     null
   * @param on the name of the instance on which the line is run, or null
   * @param input what is typed, or null
   * @param ends what the error output holds if the line is to fail, or null
   * @param shows what AWS's state is afterwards, or null
   * @param word the word of the template, or null
   * @param actions what the template allows, or null
   * @param denied what it does not allow, or null
   * @param otherwise which of the actions it does not simply allow, or null
   */
  public record Promise(
      String id,
      String from,
      String words,
      String here,
      String why,
      @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> test,
      boolean open,
      String run,
      String differs,
      List<String> before,
      List<String> after,
      Map<String, String> files,
      String on,
      String input,
      String ends,
      JsonNode shows,
      String word,
      List<String> actions,
      List<String> denied,
      List<String> otherwise) {
    @Override
    public String toString() {
      return id;
    }
  }

  /** Returns the promises of the project. */
  public static Promises read() {
    try {
      return new YAMLMapper().readValue(Files.readString(FILE), Promises.class);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Returns all promises, in their order. */
  public Stream<Promise> all() {
    return sections.stream().flatMap(section -> section.promises().stream());
  }

  /** Returns the promises of a kind. */
  public List<Promise> ofKind(String kind) {
    return sections.stream()
        .filter(section -> section.kind().equals(kind))
        .flatMap(section -> section.promises().stream())
        .toList();
  }
}
