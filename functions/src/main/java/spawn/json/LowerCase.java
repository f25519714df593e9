package spawn.json;

import java.util.Locale;

/** An enum whose constants are written in lower case. */
public interface LowerCase extends AsJson {
  /** Returns the constant's name, as every enum does. */
  String name();

  @Override
  default Object asJson() {
    return name().toLowerCase(Locale.ROOT);
  }
}
