package spawn.error;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Collects what is wrong with a payload, so that the caller learns all of it at once: the first
 * {@link InvalidRequest#MAX_TOLD} problems with their messages, of the others how many there are.
 *
 * <p>A payload of 256 KB can have 40,000 problems, so no message is made that nobody gets to read.
 */
public final class Problems {
  /** Suggestions are dear to make: a name is compared with up to 1,600 others. */
  static final int MAX_WITH_SUGGESTION = 10;

  private final Work work;
  private final List<Problem> told = new ArrayList<>();
  private int count;
  private int suggestions;

  /** Creates the problems of one payload. */
  public Problems() {
    this(Work.ofOnePayload());
  }

  private Problems(Work work) {
    this.work = work;
  }

  /** Returns an empty collection for a part of the same payload, to be added to this one. */
  public Problems ofPart() {
    return new Problems(work);
  }

  /**
   * Adds what was found in a part of the payload.
   *
   * @param isToldAt whether a problem at a path of the part is one of the payload
   * @param origin turns a path of the part into where the payload says it
   */
  public void addAll(Problems part, Predicate<String> isToldAt, UnaryOperator<String> origin) {
    part.told.stream()
        .filter(problem -> isToldAt.test(problem.path()))
        .forEach(problem -> add(origin.apply(problem.path()), problem.message()));
    count += part.count - part.told.size();
  }

  /** Adds a problem at a JSON path; the message says what is wrong and what would be right. */
  public void add(String path, String message) {
    add(path, () -> message);
  }

  /**
   * Adds a problem at a JSON path.
   *
   * @param message makes the message, if it is told; the same one at the same path is told once
   */
  public void add(String path, Supplier<String> message) {
    if (isFull()) {
      count++;
      return;
    }
    Problem problem = new Problem(path, message.get());
    if (!told.contains(problem)) {
      told.add(problem);
      count++;
    }
  }

  /**
   * Returns a suggestion to append to a message, such as the name that was meant; nothing once so
   * many were made that a payload should get no more.
   */
  public String suggestion(Supplier<String> suggestion) {
    return suggestions++ < MAX_WITH_SUGGESTION ? suggestion.get() : "";
  }

  /**
   * Returns whether what stands at a JSON path is wrong, itself or something in it: what follows
   * from it is then not to be complained of as well. Always true once no more problems are told.
   */
  public boolean concern(String path) {
    return isFull() || told.stream().anyMatch(problem -> isAtOrIn(path, problem.path()));
  }

  private static boolean isAtOrIn(String path, String other) {
    return other.startsWith(path)
        && (other.length() == path.length()
            || other.charAt(path.length()) == '.'
            || other.charAt(path.length()) == '[');
  }

  /** Returns whether all problems are found that are told, so that more are only counted. */
  public boolean isFull() {
    return told.size() == InvalidRequest.MAX_TOLD;
  }

  /** Returns the first of what was found, in the order of finding. */
  public List<Problem> list() {
    return List.copyOf(told);
  }

  /** Returns how many problems were found. */
  public int count() {
    return count;
  }

  /** Returns how much work the payload has taken. */
  public Work work() {
    return work;
  }

  /** Returns whether nothing was found. */
  public boolean isEmpty() {
    return count == 0;
  }

  /**
   * Ends the reading of the payload.
   *
   * @throws InvalidRequest if anything was found, with all of it
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InvalidRequest(told, count);
    }
  }
}
