package spawn.payload;

import com.fasterxml.jackson.databind.JsonNode;

/** Quotes what the payload says in a message, as far as it helps to recognize it. */
public final class Quote {
  private static final int LONGEST = 100;

  private Quote() {}

  /** Returns a text in quotation marks, cut where it is long. */
  public static String of(String text) {
    return '"' + cut(text) + '"';
  }

  /** Returns a text on one line, cut where it is long. */
  public static String cut(String text) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return shown.replaceAll("\\p{Cntrl}", " ");
  }

  /** Returns a number as it is, and what any other JSON value is. */
  public static String number(JsonNode value) {
    return value.isNumber() ? cut(value.asText()) : kind(value);
  }

  /** Returns what a JSON value is, for messages that say that it must be something else. */
  public static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> value.asText();
      case NULL -> "null";
      case MISSING -> "nothing";
    };
  }
}
