package spawn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What the wizard has been told so far.
 *
 * @param entries the words and what each was bound to, in the order of the answers
 */
record WizardDraft(List<Entry> entries) {
  /** Nothing yet. */
  static final WizardDraft EMPTY = new WizardDraft(List.of());

  /**
   * One word.
   *
   * @param word {@code s3:ReadOnly}
   * @param resources the resources that were named for it; they bind every word of their service
   */
  record Entry(String word, List<String> resources) {}

  /** Copies what it is given. */
  WizardDraft {
    entries = List.copyOf(entries);
  }

  /** Returns the draft with one entry more. */
  WizardDraft with(String word, List<String> resources) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(new Entry(word, List.copyOf(resources)));
    return new WizardDraft(more);
  }

  /** Returns the draft with more entries, from an index on, which is counted from 0. */
  WizardDraft withAt(int index, List<Entry> others) {
    List<Entry> more = new ArrayList<>(entries);
    more.addAll(index, others);
    return new WizardDraft(more);
  }

  /** Returns the draft without an entry, which is counted from 0. */
  WizardDraft without(int index) {
    List<Entry> fewer = new ArrayList<>(entries);
    fewer.remove(index);
    return new WizardDraft(fewer);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean has(String word) {
    return entries.stream().anyMatch(entry -> entry.word().equals(word));
  }

  List<String> words() {
    return entries.stream().map(Entry::word).distinct().toList();
  }

  List<String> resources() {
    return entries.stream().flatMap(entry -> entry.resources().stream()).distinct().toList();
  }

  /** Returns the payload of a launch; without words, it is one of the default role. */
  ObjectNode payload(String instanceType, String image) {
    ObjectNode payload = Json.object();
    payload.putObject("instance").put("ImageId", image).put("InstanceType", instanceType);
    if (!isEmpty()) {
      ObjectNode iam = payload.putObject("iam");
      words().forEach(iam.putArray("policies")::add);
      if (!resources().isEmpty()) {
        resources().forEach(iam.putArray("resources")::add);
      }
    }
    return payload;
  }
}
