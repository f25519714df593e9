package spawn.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import spawn.policy.PermissionFields;
import spawn.policy.Shrinking;
import spawn.policy.Shrunk;
import spawn.policy.Usage;
import spawn.role.PolicyVersions;

/**
 * Writes a role down without what it has not used. A managed policy of which something was not used
 * becomes statements, its denials with them; where these do not fit into a role, it stays attached.
 */
final class Shrinker {
  private final PortableRole portable;
  private final PolicyVersions versions;

  Shrinker(PortableRole portable, PolicyVersions versions) {
    this.portable = portable;
    this.versions = versions;
  }

  /** What becomes of a role's policies. */
  private record Proposal(
      ObjectNode permissions, List<String> attached, Collection<Shrunk> shrunk) {}

  /** Returns the document of a role as it would be without what a report says was not used. */
  ObjectNode document(ReadRole read, LastAccessed.Report report) {
    List<String> notes = new ArrayList<>(notes(read, report));
    ObjectNode document = portable.document(read);
    document.remove("hash");
    ObjectNode iam = (ObjectNode) document.get("iam");
    Optional<Proposal> proposal = proposal(read, report.usage(), notes);
    proposal.ifPresent(found -> apply(found, iam));
    ArrayNode bound = document.putArray("bound");
    portable.bound(read.role().role(), iam).forEach(bound::add);
    ObjectNode used = document.putObject("used");
    report.lastUse().forEach((service, last) -> used.put(service, last.toString()));
    Collection<Shrunk> shrunk = proposal.map(Proposal::shrunk).orElse(List.of());
    ObjectNode removed = document.putObject("removed");
    removed(shrunk).forEach((service, actions) -> actions.forEach(removed.withArray(service)::add));
    ArrayNode kept = document.putArray("kept");
    shrunk.stream().flatMap(each -> each.kept().stream()).distinct().sorted().forEach(kept::add);
    boolean smaller = shrunk.stream().anyMatch(Shrunk::isSmaller);
    document.put("outcome", smaller ? "SMALLER" : "NOTHING_UNUSED");
    notes.forEach(document.putArray("notes")::add);
    return document;
  }

  private static Map<String, SortedSet<String>> removed(Collection<Shrunk> shrunk) {
    Map<String, SortedSet<String>> removed = new TreeMap<>();
    shrunk.forEach(
        each ->
            each.removed()
                .forEach(
                    (service, actions) ->
                        removed
                            .computeIfAbsent(service, unseen -> new TreeSet<>())
                            .addAll(actions)));
    return removed;
  }

  private static List<String> notes(ReadRole read, LastAccessed.Report report) {
    Instant created = read.role().role().created();
    Instant tracked = report.at().minus(RoleExports.TRACKED);
    return List.of(
        "IAM tells of use between %s and %s, and of the last four hours not reliably."
            .formatted(created.isAfter(tracked) ? created : tracked, report.at()),
        "What a role tries counts as use, even if it was denied.",
        "What is due less often than that, such as a yearly job, looks unused.",
        "A role of the same name is not changed by a launch: import this under another \"role\".");
  }

  /** Returns the smallest proposal that a role takes; nothing if none is smaller. */
  private Optional<Proposal> proposal(ReadRole read, Usage usage, List<String> notes) {
    Shrunk inline = Shrinking.of(portable.inlinePolicy(read).stream().toList(), usage);
    Map<String, Shrunk> managed = new TreeMap<>();
    List<String> attached = new ArrayList<>();
    for (String arn : read.role().policies().managed()) {
      Optional<Shrunk> smaller =
          document(arn, notes)
              .map(document -> Shrinking.of(List.of(document), usage))
              .filter(Shrunk::isSmaller);
      smaller.ifPresentOrElse(shrunk -> managed.put(arn, shrunk), () -> attached.add(arn));
    }
    List<Shrunk> all = new ArrayList<>(managed.values());
    all.add(inline);
    Optional<Proposal> found =
        portable.wording().of(all).map(said -> new Proposal(said, attached, all));
    if (found.isPresent() || managed.isEmpty()) {
      return found;
    }
    notes.add(
        "%s stay attached: what is left of them is larger than the inline policy of a role may be."
            .formatted(String.join(", ", managed.keySet())));
    return portable
        .wording()
        .of(List.of(inline))
        .map(said -> new Proposal(said, read.role().policies().managed(), List.of(inline)));
  }

  private Optional<JsonNode> document(String arn, List<String> notes) {
    Optional<JsonNode> document = versions.documentOf(arn);
    if (document.isEmpty()) {
      notes.add("%s stays attached: IAM does not show what it grants.".formatted(arn));
    }
    return document;
  }

  private static void apply(Proposal proposal, ObjectNode iam) {
    iam.remove(
        List.of(
            PermissionFields.POLICIES.name(),
            PermissionFields.RESOURCES.name(),
            PermissionFields.POLICY_DOCUMENT.name(),
            PermissionFields.MANAGED_POLICIES.name()));
    iam.setAll(proposal.permissions());
    if (!proposal.attached().isEmpty()) {
      proposal.attached().forEach(iam.putArray(PermissionFields.MANAGED_POLICIES.name())::add);
    }
  }
}
