package spawn.json;

/**
 * What has a form of its own in JSON, other than a record's members or an enum constant's name.
 *
 * <p>A class that is also read has a static method {@code fromJson}, which takes that form.
 */
public interface AsJson {
  /** Returns what is written in its place: anything that {@link Json#of} takes. */
  Object asJson();
}
