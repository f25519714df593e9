package spawn.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, as people read them: columns are as wide as their widest cell. */
final class Table {
  private static final String NOTHING = "-";

  private static final String BETWEEN_COLUMNS = "  ";

  private final int columns;
  private final List<List<String>> lines = new ArrayList<>();

  private Table(String... headings) {
    this.columns = headings.length;
    lines.add(List.of(headings));
  }

  /** Returns a table that has no rows yet. */
  static Table of(String... headings) {
    return new Table(headings);
  }

  /**
   * Adds a row.
   *
   * @param cells one for each heading: a text, a number, an {@link Optional}; a cell that is null,
   *     empty or blank is shown as {@code -}
   * @return this table
   */
  Table row(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(
          "%d cells for %d columns: %s".formatted(cells.length, columns, Arrays.toString(cells)));
    }
    lines.add(Arrays.stream(cells).map(Table::cell).toList());
    return this;
  }

  private static String cell(Object value) {
    Object content = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    String text = content == null ? "" : printable(content.toString()).strip();
    return text.isEmpty() ? NOTHING : text;
  }

  /**
   * Returns a text on one line, and without what a terminal would obey.
   *
   * <p>Names and tags come from whoever may write them in the account; an escape sequence among
   * them must not act on the terminal of whoever lists them.
   */
  static String printable(String text) {
    return text.codePoints()
        .map(
            symbol ->
                Character.isISOControl(symbol) || Character.getType(symbol) == Character.FORMAT
                    ? '?'
                    : symbol)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Prints the headings and the rows. */
  void print(PrintStream out) {
    lines().forEach(out::println);
  }

  /** Returns the headings and the rows, a line each, without spaces at their ends. */
  List<String> lines() {
    int[] widths =
        IntStream.range(0, columns)
            .map(column -> lines.stream().mapToInt(line -> width(line.get(column))).max().orElse(0))
            .toArray();
    return lines.stream().map(line -> line(line, widths)).toList();
  }

  private String line(List<String> cells, int... widths) {
    return IntStream.range(0, columns)
        .mapToObj(
            column -> {
              String cell = cells.get(column);
              return cell + " ".repeat(widths[column] - width(cell));
            })
        .collect(Collectors.joining(BETWEEN_COLUMNS))
        .stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
