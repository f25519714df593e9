package spawn.launch;

import java.util.List;

/**
 * What a launch names and does not make: it may be somebody else's, so it needs its owner's word,
 * the tag {@code spawn:launch}.
 *
 * @param kind what it is, in the words of EC2's resource types, for example {@code snapshot}
 * @param id its id
 * @param words the values of the tag that let it be named, at least one
 * @param path where the payload names it
 */
public record NamedResource(String kind, String id, List<String> words, String path) {
  /** Keeps the words as they are now. */
  public NamedResource {
    words = List.copyOf(words);
  }
}
