package spawn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --output}: a result as a table for people, or as JSON for scripts. */
final class OutputOption {
  @Option(
      names = "--output",
      paramLabel = "FORM",
      description = "table or json; table if left out",
      converter = Reader.class,
      completionCandidates = Forms.class)
  private Form form = Form.TABLE;

  /** Returns whether the result is asked for as JSON. */
  boolean isJson() {
    return form == Form.JSON;
  }

  /** Prints a result in the form that is asked for. */
  void print(Shell shell, JsonNode json, Table table) {
    if (isJson()) {
      shell.out().println(Json.pretty(json));
    } else {
      table.print(shell.out());
    }
  }

  /** The forms of a result. */
  private enum Form {
    TABLE,
    JSON;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
      return Arrays.stream(values()).map(Form::word).toList();
    }
  }

  /** The words that completion offers. */
  static final class Forms implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Form.words().iterator();
    }
  }

  /** Reads a form's word. */
  static final class Reader implements ITypeConverter<Form> {
    @Override
    public Form convert(String word) {
      return Arrays.stream(Form.values())
          .filter(form -> form.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is not one of: %s".formatted(word, String.join(", ", Form.words()))));
    }
  }
}
